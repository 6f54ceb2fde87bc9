"""The explanation of one account, put together from the published tables of a run."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jobs.decided import changed_since, rulebook_of
from jobs.explain import consumer, masks, noted, states
from jobs.explain.asked import asked as asked_of
from jobs.explain.changing import Outlook, outlooks
from jobs.explain.deaths import death
from jobs.explain.facts import saw, sheet_of
from jobs.explain.model import Explanation, Point, Use
from jobs.explain.points import in_order, meant, point
from jobs.explain.records import is_linked, nobody, records
from jobs.explain.runner_up import runner_up
from jobs.explain.uses import Acted, rule_words, step_words, use
from jobs.explain.words import LINKED_ONLY, STATUS
from skiptrace.errors import ConfigError, Problem
from skiptrace.linkage import rules as linkage_rules
from skiptrace.project import home_of
from skiptrace.results import Run
from skiptrace.rulebook.model import Rulebook
from skiptrace.store.places import Place
from skiptrace.vocabulary import CHANNELS


def explain(
    run: Run,
    account_id: str,
    project: Path,
    *,
    point_text: str | None = None,
    channel: str | None = None,
    show_pii: bool = False,
) -> Explanation:
    """Why the account came out of the run as it did, by the contact rules that the run kept. Personal values are masked unless
    `show_pii`.

    `point_text` keeps one contact point, `channel` one channel. Raises ConfigError (exit 2) where the run has no such
    account, or the account no such point; DataRefused (exit 3) where the rules of the run are missing or were changed."""
    private = home_of(project) / ".skiptrace"
    account = _account(run, account_id, private)
    rules, rulebook = linkage_rules.load(), rulebook_of(run)
    pairs = _rows(run, "links", account_id)
    found = records(pairs, rules)
    linked = tuple(record for record in found if is_linked(record))
    rows = in_order(_rows(run, "contact_points", account_id))
    decisions = {(row["point_id"], row["channel"]): row for row in _rows(run, "decisions", account_id)}
    chosen = meant(rows, point_text) if point_text is not None else rows
    asked = _asked(run, account_id, rulebook, {row["point_id"] for row in chosen}, channel, not show_pii)
    uses = _uses(_rows(run, "channels", account_id), decisions, account["holds"], rows, rulebook, asked)
    identities: dict[str, list[int]] = {}
    for pair in pairs:
        if pair["status"] == "linked" and pair["relation"] == "same":
            identities.setdefault(pair["source"], []).append(pair["identity"])
    points = tuple(point(row, _on(channel, uses.get(row["point_id"], ())), show_pii) for row in chosen)
    if channel is not None:
        points = tuple(one for one in points if one.uses)
    why = nobody(found, sorted({row["kind"] for row in rows if row["origin"] != "reference"}), rules)
    return Explanation(
        run_id=run.run_id,
        as_of=str(run.ledger.get("as_of", "")),
        account_id=account_id,
        masked=not show_pii,
        name=_name(account) if show_pii else masks.name(account),
        balance=account["balance"],
        locate_status=account["locate_status"],
        meaning=_meaning(account),
        holds=rule_words(account["holds"], rulebook, {name: told for acted in asked.acted.values() for name, told in acted.items()}),
        death=death(account, linked, identities, rows, run.ledger, private, not show_pii),
        channel_order=tuple(account["channel_order"]),
        p_any_channel=account["p_any_channel"],
        linked=linked,
        considered=tuple(record for record in found if not is_linked(record)),
        nobody=why,
        runner_up=runner_up(found),
        points=points,
        next_steps=_next_steps(account, points, why, rulebook),
        notes=_notes(changed_since(run, rulebook), rows),
        consumer_id=account["consumer_id"],
        consumer=consumer.told(private, account["consumer_id"]),
        state=states.state(account, not show_pii),
        placed=noted.placed(account),
        noted=noted.notes(run, account["consumer_id"], not show_pii),
        asked=asked_of(run, private, account_id),
    )


@dataclass(frozen=True)
class _Asked:
    """What the rules saw of each use of an account, and what would change their answer; nothing where the run kept no fact sheet."""

    acted: Mapping[tuple[str, str], Acted] = field(default_factory=dict)
    outlooks: Mapping[tuple[str, str], Outlook] = field(default_factory=dict)


def _asked(run: Run, account_id: str, rulebook: Rulebook, points: set[str], channel: str | None, masked: bool) -> _Asked:
    """Asks the rules of the run again about the facts that it kept. `points`, `channel`: of which uses it is asked what would change."""
    sheet = sheet_of(run, account_id)
    if sheet is None or not sheet.num_rows:
        return _Asked()
    keys = zip(sheet["point_id"].to_pylist(), sheet["channel"].to_pylist(), strict=True)
    wanted = [key for key in keys if key[0] in points and channel in (None, key[1])]
    as_of = dt.date.fromisoformat(str(run.ledger["as_of"]))
    return _Asked(saw(sheet, rulebook, as_of, masked), outlooks(sheet, rulebook, wanted))


def _rows(run: Run, table: str, account_id: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = run.of_account(table, account_id).to_pylist()
    return rows


def _account(run: Run, account_id: str, private: Place) -> dict[str, Any]:
    rows = _rows(run, "accounts", account_id)
    if not rows and (asked := consumer.found(run, private, account_id)):
        raise ConfigError("this is a consumer and no account", (Problem(f"run {run.run_id}", "accounts", *asked),))
    if not rows:
        rejected = sum(run.ledger.get("counts", {}).get("portfolio", {}).get("rejected", {}).values())
        mend = "ids are compared exactly, leading zeros and all"
        if rejected:
            mend += f"; {rejected:,} rows of the portfolio were rejected, see the table rejects of the run"
        mend += "; a portfolio that changed needs `skiptrace run` first"
        raise ConfigError(
            "no such account in the latest run",
            (Problem(f"run {run.run_id}", "accounts", "no account has that id", mend),),
        )
    return rows[0]


def _uses(
    channels: Sequence[Mapping[str, Any]],
    decisions: Mapping[tuple[str, str], Mapping[str, Any]],
    holds: Sequence[str],
    rows: Sequence[Mapping[str, Any]],
    rulebook: Rulebook,
    asked: _Asked,
) -> dict[str, list[Use]]:
    """Uses by point id, in the order of the vocabulary's channels."""
    zones = {row["point_id"]: row["zones"] for row in rows}
    out: dict[str, list[Use]] = {}
    for row in sorted(channels, key=lambda row: CHANNELS.index(row["channel"])):
        key = (row["point_id"], row["channel"])
        told = use(row, decisions.get(key), holds, zones.get(key[0], ()), rulebook, asked.acted.get(key, {}), asked.outlooks.get(key))
        out.setdefault(row["point_id"], []).append(told)
    return out


def _on(channel: str | None, uses: Sequence[Use]) -> list[Use]:
    return [one for one in uses if channel is None or one.channel == channel]


def _meaning(account: Mapping[str, Any]) -> str:
    status: str = account["locate_status"]
    return LINKED_ONLY if status == "not_found" and account["linked_records"] else STATUS[status]


def _name(account: Mapping[str, Any]) -> str | None:
    parts = [account[key] for key in ("first_name", "middle_name", "last_name", "suffix")]
    return " ".join(part for part in parts if part) or None


def _next_steps(
    account: Mapping[str, Any], points: Sequence[Point], why: Sequence[str], rulebook: Rulebook
) -> tuple[str, ...]:
    """What a person can do about the account, most telling first."""
    out = []
    status = account["locate_status"]
    if account.get("account_state", "open") != "open":
        out.append(states.MEND)
    elif status == "deceased":
        out.append("Confirm or clear the reported death; if it is wrong, have the source corrected and run again.")
    elif account["holds"]:
        out.append("If the hold is wrong or over, correct the account's flag or the list that says so, and run again.")
    waiting = [one.decision for spot in points for one in spot.uses if one.decision and one.decision.only_steps_stop]
    if waiting and status != "deceased":
        names = sorted({step.step for decision in waiting for step in decision.steps_required})
        some = "One use waits" if len(waiting) == 1 else f"{len(waiting)} uses wait"
        out.append(f"{some} for steps alone. Do them, and attest them under [[compliance.attest]] in the project file:")
        out += [f"{step.step}: {step.sentence}" for step in step_words(names, rulebook)]
    if why and status not in ("deceased", "held"):
        out.append(why[-1])
    if account["channel_order"]:
        out.append(f"Begin with {account['channel_order'][0]}: it leads among the uses that the rules leave open.")
    return tuple(out)


def _notes(changed: str | None, rows: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    out = [changed] if changed else []
    if not rows:
        out.append("The run holds no contact point of this account.")
    return tuple(out)
