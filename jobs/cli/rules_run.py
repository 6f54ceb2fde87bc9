"""`skiptrace rules trace | steps | diff`: the contact rules on the decisions of a published run."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from jobs.cli.frame import State, project_folder, subcommand
from jobs.cli.output import paragraph, show, show_json, show_table

if TYPE_CHECKING:
    from jobs.decided import Acted, TracedUse

_AS_OF = click.option(
    "--as-of", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="The run that decided for that day; the last one otherwise."
)


def _run(state: State, as_of: dt.datetime | None) -> Any:
    from jobs.decided import run_of

    return run_of(project_folder(state), as_of.date() if as_of else None)


@subcommand("trace")
@click.argument("account", metavar="ACCOUNT")
@_AS_OF
@click.option("--all", "everything", is_flag=True, help="Rules that did not act as well.")
@click.pass_obj
def trace(state: State, account: str, as_of: dt.datetime | None, everything: bool) -> None:
    """Show which rules looked at each use of an account, which acted, and on which facts, by the rules of that night."""
    from jobs.decided import changed_since, rulebook_of, trace_account

    run = _run(state, as_of)
    uses = trace_account(run, account)
    book = rulebook_of(run)
    changed = changed_since(run, book)
    if state.json:
        head = {"run_id": run.run_id, "as_of": run.ledger["as_of"], "rulebook": book.hash, "changed_since": changed is not None}
        show_json({**head, "account_id": account, "uses": uses})
        return
    show(f"account {account}, run {run.run_id}, decided for {run.ledger['as_of']} by rulebook {book.hash[:12]}")
    if changed:
        paragraph(changed)
    for one in uses:
        _show_use(one)
    if everything:
        day = dt.date.fromisoformat(str(run.ledger["as_of"]))
        paragraph("asked: " + ", ".join(rule.id for rule in book.in_force(day)))


def _show_use(one: TracedUse) -> None:
    from jobs.explain.facts import told

    show()
    show(f"{one.channel} at {one.point_id}: {one.decision}; {one.looked} rules looked, {len(one.acted)} acted")
    until = f"usable until {one.valid_until}" if one.valid_until else "without a last day"
    hours = f"{one.window_start:%Y-%m-%d %H:%M} to {one.window_end:%H:%M} UTC, " if one.window_start and one.window_end else ""
    same = "rules and facts come to the same again" if one.agrees else "RULES AND FACTS NO LONGER COME TO THIS DECISION"
    paragraph(f"{hours}{until}; facts {one.facts_digest}; {same}", 2)
    for acted in one.acted:
        paragraph(f"{acted.rule} v{acted.version} {_does(acted)}: {acted.sentence} [{'; '.join(acted.citations)}]", 2)
        paragraph("facts: " + ", ".join(f"{name} = {told(value)}" for name, value in acted.facts.items()), 6)


def _does(acted: Acted) -> str:
    words = {"stop": "stops it", "require_step": "asks for a step", "condition": "adds a duty"}[acted.effect]
    gap = ", as a fact is not known" if acted.answer == "unknown" else ""
    return words + gap + (" (to be reviewed)" if acted.review_required else "")


@subcommand("steps")
@_AS_OF
@click.option("--requests", type=click.Path(path_type=Path), metavar="DIR", help="Write a request file for each step that has one.")
@click.pass_obj
def steps(state: State, as_of: dt.datetime | None, requests: Path | None) -> None:
    """List the steps that rules still ask for and how many uses each holds up; write the requests for them."""
    from jobs.open_steps import open_steps, write_requests

    run = _run(state, as_of)
    found = open_steps(run)
    written = write_requests(run, requests) if requests is not None else {}
    if state.json:
        show_json({"run_id": run.run_id, "steps": found, "requests": written})
        return
    if not found:
        show("no use waits for a step")
    else:
        rows = [(one.step, one.uses, one.accounts, one.alone, one.how, one.sentence) for one in found]
        show_table(("step", "uses", "accounts", "nothing else stops", "done by", "what to do"), rows)
    for name, rows_ in written.items():
        show(f"{requests}/{name}.csv: {rows_:,} rows")


@subcommand("diff")
@click.argument("before", metavar="A")
@click.argument("after", metavar="B")
@_AS_OF
@click.pass_obj
def diff(state: State, before: str, after: str, as_of: dt.datetime | None) -> None:
    """Show whom a change of rules would affect. A and B are each `shipped`, a folder of rule files, or a run."""
    from jobs.decided import named_rulebook
    from jobs.rules_changed import rules_changed
    from jobs.spilling import spilling
    from skiptrace.project import PRIVATE, home_of

    run = _run(state, as_of)
    folder = project_folder(state)
    with spilling(home_of(folder).resolve() / PRIVATE):
        found = rules_changed(run, named_rulebook(before, folder), named_rulebook(after, folder))
    if state.json:
        show_json({"run_id": run.run_id, "as_of": run.ledger["as_of"], **vars(found)})
        return
    for words, ids in (("added", found.added), ("removed", found.removed), ("changed", found.changed)):
        paragraph(f"rules {words}: {', '.join(ids) or 'none'}")
    if found.facts_not_kept:
        paragraph(f"the run is older than these facts, which count as not known: {', '.join(found.facts_not_kept)}")
    show(f"{sum(one.uses for one in found.uses):,} uses of {found.accounts:,} accounts are decided otherwise")
    rows = [(one.channel, one.before, one.after, " ".join(one.new), " ".join(one.gone), one.uses, one.accounts) for one in found.uses]
    if rows:
        show_table(("channel", "before", "after", "acts now", "acts no more", "uses", "accounts"), rows)
