"""`skiptrace rules`: the contact rules that are shipped: listed, shown with their sources, and tested case by case."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from jobs.cli.frame import State, subcommand
from jobs.cli.output import paragraph, say, show, show_json, show_table
from jobs.cli.rules_run import diff, steps, trace
from skiptrace.errors import ConfigError, Problem

if TYPE_CHECKING:
    from skiptrace.rulebook.model import Step


@click.group("rules")
def command() -> None:
    """List, test or show the contact rules; trace an account, list open steps, compare rulebooks."""


@subcommand("list")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="Only the rules in force on that day.")
@click.pass_obj
def _list(state: State, as_of: dt.datetime | None) -> None:
    """List the contact rules with what they do, where and since when."""
    from skiptrace.check.rules import list_rules
    from skiptrace.vocabulary import CHANNELS

    rows = list_rules(as_of=as_of.date() if as_of else None)
    if state.json:
        show_json({"rules": rows})
        return
    table = []
    for row in rows:
        channels = row["channels"] if isinstance(row["channels"], list) else []
        on = "all" if set(channels) == set(CHANNELS) else " ".join(channels)
        until = f" to {row['effective_to']}" if row["effective_to"] else ""
        table.append(
            (row["id"], row["jurisdiction"], row["effect"], on, f"from {row['effective_from']}{until}", row["sentence"])
        )
    show_table(("rule", "where", "effect", "channels", "in force", "what it says"), table)


@subcommand("test")
@click.argument("folder", metavar="[FOLDER]", required=False, type=click.Path(path_type=Path))
@click.pass_obj
def _test(state: State, folder: Path | None) -> None:
    """Run every boundary case of the shipped contact rules, or of a FOLDER of rules, through the engine that screens."""
    from skiptrace.check.rules import outdated, test_rules
    from skiptrace.rulebook.loading import load

    if folder is not None and not folder.is_dir():
        raise ConfigError("no such rulebook", (Problem(str(folder), "", "is no folder", "name a folder of rule files"),))
    book = load(folder.resolve() if folder else None)
    report = test_rules(book)
    if report.failed:
        problems = tuple(
            Problem(
                f"rules/compliance/{case.path}",
                f'case "{case.case}" of {case.rule}',
                f"expects {case.expected}, the engine finds {case.found}",
                "correct the rule's `when`, or the case",
            )
            for case in report.failed
        )
        raise ConfigError(f"{len(report.failed)} of {len(report.results)} cases of the contact rules fail", problems)
    old = outdated(book, dt.datetime.now().astimezone().date())
    if old:
        say(state, f"sources last read more than a year ago: {', '.join(old)}")
    if state.json:
        show_json({"rulebook": report.rulebook, "rules": report.rules, "cases": len(report.results), "failed": 0, "outdated": old})
    else:
        show(f"{report.rules} rules, {len(report.results)} cases: all hold (rulebook {report.rulebook[:12]})")


@subcommand("show")
@click.argument("rule_id", metavar="ID")
@click.pass_obj
def _show(state: State, rule_id: str) -> None:
    """Show one contact rule: what it says, when it acts, on what source it rests, and its cases."""
    from difflib import get_close_matches

    from skiptrace.check.rules import list_rules
    from skiptrace.rulebook.loading import load
    from skiptrace.rulebook.model import EVIDENCE

    rulebook = load()
    rule = rulebook.rule(rule_id) or rulebook.rule(rule_id.upper())
    if rule is None:
        close = get_close_matches(rule_id.upper(), [known.id for known in rulebook.rules], n=1)
        mend = f'did you mean "{close[0]}"?' if close else "`skiptrace rules list` shows them all"
        raise ConfigError("no such rule", (Problem("rules/compliance", "", "no rule has that id", mend),))
    if state.json:
        row = next(row for row in list_rules(rulebook) if row["id"] == rule.id)
        cases = [
            {"name": case.name, "facts": dict(case.facts), "missing": list(case.missing), "expect": case.expect}
            for case in rule.cases
        ]
        show_json(
            row
            | {
                "when": rule.when,
                "duty": rule.duty,
                "note": rule.note,
                "file": f"rules/compliance/{rule.path}",
                "cases": cases,
            }
        )
        return
    does = {"stop": "stops the use", "require_step": f"asks for the step {rule.step}", "condition": "adds a duty"}[
        rule.effect
    ]
    missing = "stops the use" if rule.on_missing == "stop" else f"asks for the step {rule.missing_step}"
    force = f"from {rule.effective_from}" + (f" to {rule.effective_to}" if rule.effective_to else "")
    paragraph(f"{rule.id}, version {rule.version}: {rule.sentence}")
    rows = [
        ("where", rule.jurisdiction),
        ("channels", "all" if rule.all_channels else ", ".join(rule.channels)),
        ("when", rule.when),
        ("effect", does),
        ("if a fact is not known", missing),
        ("duty", rule.duty),
        ("step", _step(rule.step, rulebook.steps)),
        ("step, if not known", _step(rule.missing_step, rulebook.steps) if rule.missing_step != rule.step else None),
        ("in force", force),
        ("source", "; ".join(rule.citations)),
        ("evidence", f"{EVIDENCE.get(rule.evidence, rule.evidence)}; certainty {rule.certainty}"),
        ("last checked", f"{rule.last_checked}" + ("; to be reviewed by counsel" if rule.review_required else "")),
        ("note", rule.note),
        ("file", f"rules/compliance/{rule.path}"),
    ]
    for name, text in rows:
        if text:
            paragraph(f"{name}: {text}", 2)
    show_table(("case", "expects"), [(case.name, case.expect) for case in rule.cases], 2)


def _step(name: str | None, steps: Mapping[str, Step]) -> str | None:
    found = steps.get(name or "")
    return f"{name}: {found.sentence}" if found else None


for _one in (_list, _test, _show, trace, steps, diff):
    command.add_command(_one)
