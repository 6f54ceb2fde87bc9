"""`skiptrace note`: what a person knows better: an alert taken note of, something doubtful that is right or not, a contact point found,
confirmed or denied, a note withdrawn, an account called back from an agency."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from jobs.cli.completing import source_names
from jobs.cli.frame import State, project_folder, subcommand
from jobs.cli.output import show, show_json

if TYPE_CHECKING:
    from skiptrace.results import Run
    from skiptrace.store.places import Place

_DAY = click.DateTime(["%Y-%m-%d"])
_SAID = {"find": "find", "confirm": "confirm", "not_mine": "not_mine"}


@subcommand("note")
@click.argument("account", metavar="[ACCOUNT]", required=False)
@click.option("--acknowledge", "kind", metavar="KIND", help="The kind of alert of ACCOUNT: moved, disconnected, new_stop, …")
@click.option("--accept", metavar="NAME", shell_complete=source_names,
              help="The source or figure of the last run that is right, although it is doubtful.")  # fmt: skip
@click.option("--refuse", metavar="NAME", shell_complete=source_names,
              help="The source or figure of the last run that is not right: its exports are not written.")  # fmt: skip
@click.option("--find", metavar="VALUE", help="A phone, e-mail or one-line address of ACCOUNT's consumer that you found.")
@click.option("--confirm", metavar="VALUE", help="One that reaches the consumer.")
@click.option("--not-mine", "not_mine", metavar="VALUE", help="One that is somebody else's.")
@click.option("--withdraw", metavar="NOTE", help="A note of ACCOUNT that is not to count any longer.")
@click.option("--recall", metavar="HOLDER", help="The agency or law firm that ACCOUNT is called back from.")
@click.option("--on", "day", type=_DAY, metavar="DATE", help="The day it was found out, or from which on it holds; today if left out.")
@click.option("--by", metavar="WHO", required=True, help="Who takes note of it.")
@click.option("--reason", metavar="TEXT", help="Why; no numbers or addresses of a person.")
@click.pass_obj
def command(state: State, /, account: str | None, by: str, reason: str | None, day: dt.datetime | None, **said: str | None) -> None:
    """Note what you know of ACCOUNT: a contact point found, confirmed or not theirs counts from the next run on. Or acknowledge an alert,
    withdraw a note, recall the account from its agency. Or say whether something is right for which exports are held; that is kept in the
    audit log."""
    given = {name: value for name, value in said.items() if value is not None}
    if len(given) != 1 or (account is None) != bool({"accept", "refuse"} & set(given)):
        usage = "say ACCOUNT with one of --acknowledge KIND, --find, --confirm, --not-mine, --withdraw or --recall"
        raise click.UsageError(f"{usage}, or --accept NAME, or --refuse NAME")
    ((name, value),) = given.items()
    if name in ("accept", "refuse") and not reason:
        raise click.UsageError("say why with --reason: it is kept in the audit log")
    if day is not None and name not in (*_SAID, "recall"):
        raise click.UsageError("--on is for --find, --confirm, --not-mine and --recall")
    if reason is None and name in (*_SAID, "withdraw", "recall"):
        raise click.UsageError("say --reason TEXT: whoever reads the note later asks why")
    folder = project_folder(state)
    from skiptrace.project import PRIVATE, home_of
    from skiptrace.results import latest
    from skiptrace.store.permissions import private_folder, refuse_unsafe

    home = home_of(folder).resolve()
    refuse_unsafe(home)
    run, private, now = latest(folder), private_folder(home / PRIVATE), dt.datetime.now().astimezone()
    assert value is not None  # noqa: S101 - chosen above
    if name in ("accept", "refuse"):
        told, sentence = _judge(folder, private, run, name, value, by, reason, now)
    elif name == "kind":
        told, sentence = _acknowledge(private, run, account or "", value, by, reason, now)
    else:
        told, sentence = _note(private, run, account or "", name, value, by, reason or "", day.date() if day else now.date(), now)
    show_json(told) if state.json else show(sentence)


def _judge(
    folder: Path, private: Place, run: Run, word: str, name: str, by: str, reason: str | None, now: dt.datetime
) -> tuple[dict[str, Any], str]:  # fmt: skip
    from jobs import audit, gates, verdicts
    from jobs.acknowledged import refuse_values

    right = word == "accept"
    refuse_values(by, reason)
    before, mine = gates.about(private, run, f"--{word}", name, right)
    audit.append(folder, {"action": f"note --{word}", "about": name, "by": by, "reason": reason, "run_id": run.run_id})
    verdicts.keep(private, name, before, mine, right, by, reason, now)
    told = "is right; the same command again writes what was held" if right else "is not right; its exports are not written"
    return {"accepted" if right else "refused": name, "run_id": run.run_id}, f'noted: "{name}" of run {run.run_id} {told}'


def _acknowledge(
    private: Place, run: Run, account: str, kind: str, by: str, reason: str | None, now: dt.datetime
) -> tuple[dict[str, Any], str]:  # fmt: skip
    from jobs.acknowledged import acknowledge

    count = acknowledge(private, run, account, kind, by, reason, now)
    sentence = f"noted: {count} {kind} {'alert' if count == 1 else 'alerts'} of this account; told again when it changes"
    return {"account_id": account, "kind": kind, "acknowledged": count, "run_id": run.run_id}, sentence


def _note(
    private: Place, run: Run, account: str, name: str, value: str, by: str, reason: str, day: dt.date, now: dt.datetime
) -> tuple[dict[str, Any], str]:  # fmt: skip
    from jobs import noted

    told: dict[str, Any] = {"account_id": account, "run_id": run.run_id}
    if name == "withdraw":
        noted.withdraw(private, account, value, by, reason, now)
        return {**told, "withdrawn": value}, f"noted: {value} does not count any longer, from the next run on"
    if name == "recall":
        from jobs.placed import recall

        note = recall(private, run, account, value, by, reason, day, now)
        return {**told, "note": note, "recalled_from": value}, f"noted as {note}: the account is called back from {day} on"
    note = noted.add(private, run, account, _SAID[name], value, by, reason, day, now)
    return {**told, "note": note, "says": _SAID[name]}, f"noted as {note}: it counts from the next run on"
