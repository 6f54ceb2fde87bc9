"""`skiptrace review`: uncertain pairs of the latest run, put to a person one by one or on a sheet, and the answers taken back."""

from __future__ import annotations

import datetime as dt
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from jobs.cli.frame import State, project_folder, subcommand
from jobs.cli.output import paragraph, show, show_json, show_table
from jobs.cli.reviewed import show_left

if TYPE_CHECKING:
    from jobs.review.answers import Answer, Pair, Question
    from jobs.review.bands import Frame
    from jobs.review.sides import Side
    from skiptrace.results import Run
    from skiptrace.store.places import Place

_KEYS = {"y": "same", "n": "other", "u": "unsure", "q": None}


@subcommand("review")
@click.option("--count", type=click.IntRange(1, 10_000), default=50, show_default=True, metavar="N", help="How many pairs to ask about.")
@click.option("--csv", "sheet", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help="Write the pairs to FILE, with an empty column `same`, instead of asking.")  # fmt: skip
@click.option("--answers", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help="Take the answers of FILE back: yes, no or unsure in the column `same`.")  # fmt: skip
@click.option("--by", metavar="WHO", help="Who answers.")
@click.option("--show-pii", is_flag=True, help="Show names, values and dates of both sides unmasked; needs --reason and is logged.")
@click.option("--reason", metavar="TEXT", help="Why personal values are looked at; kept in the audit log.")
@click.pass_obj
def command(
    state: State, count: int, sheet: Path | None, answers: Path | None, by: str | None, show_pii: bool, reason: str | None
) -> None:  # fmt: skip
    """Judge uncertain pairs of the latest run: are the account and the record one person?

    They are those where an answer tells most, spread over probabilities and kinds of agreement, and none that was answered before.
    `evaluate --reviewed` and `model train-match --reviewed` use the answers; each call says how many more would help."""
    _refuse(state, sheet, answers, by, show_pii, (reason or "").strip())
    folder = project_folder(state)
    from jobs.review.answers import last
    from jobs.review.bands import frame
    from skiptrace.project import PRIVATE, home_of
    from skiptrace.results import latest
    from skiptrace.store.permissions import private_folder, refuse_unsafe

    home = home_of(folder).resolve()
    refuse_unsafe(home)
    private, run = private_folder(home / PRIVATE), latest(folder)
    pairs = frame(run)
    if answers is not None:
        _take(state, private, pairs, answers, by or "")
        return
    from jobs.review.asking import questions

    answered = last(private)
    asking = questions(pairs, answered, count)
    if not asking:
        _done(state, pairs, answered, {"questions": 0})
        return
    shown = _sides(folder, home, run, asking, show_pii, (reason or "").strip())
    if sheet is not None:
        _write(state, private, run, pairs, sheet, asking, shown, answered)
    else:
        _in_turn(state, private, run, pairs, asking, shown, by or "")


def _refuse(state: State, sheet: Path | None, answers: Path | None, by: str | None, show_pii: bool, reason: str) -> None:
    """Refuse options that do not go together."""
    if sheet is not None and answers is not None:
        raise click.UsageError("--csv writes a sheet and --answers takes one back: give one of them")
    if show_pii != bool(reason):
        raise click.UsageError("--show-pii and --reason TEXT go together: whoever looks at personal values says why")
    if answers is not None and show_pii:
        raise click.UsageError("--answers shows nobody's values: leave --show-pii out")
    if sheet is None and not by:
        raise click.UsageError("say who answers with --by WHO")
    if sheet is None and answers is None and (state.json or not (sys.stdin.isatty() and sys.stdout.isatty())):
        raise click.UsageError("one pair after the other is asked on a terminal only: write a sheet with --csv FILE")


def _sides(
    folder: Path, home: Place, run: Run, asking: Sequence[Question], show_pii: bool, reason: str
) -> dict[Pair, tuple[Side, Side]]:  # fmt: skip
    """Both sides of what is asked; whoever sees them in clear is noted first, for each account."""
    from jobs import audit
    from jobs.feedback import load_project
    from jobs.review.sides import sides

    today = dt.datetime.now().astimezone().date()
    found = sides(load_project(folder, os.environ), home, run, [one.pair for one in asking], today, show_pii)
    for account in sorted({one.account_id for one in asking} if show_pii else ()):
        audit.append(folder, {"action": "review --show-pii", "account_id": account, "reason": reason, "run_id": run.run_id})
    return found


def _take(state: State, private: Place, pairs: Frame, file: Path, by: str) -> None:
    from jobs.review import sheet
    from jobs.review.answers import asked, keep, last

    said = sheet.read(file, asked(private))
    news = keep(private, said, by, dt.datetime.now().astimezone())
    if not state.json:
        known = len(said) - news
        show(f"taken: {news:,} answers" + (f"; {known:,} were known already" if known else ""))
    _done(state, pairs, last(private), {"taken": news, "known": len(said) - news})


def _write(
    state: State, private: Place, run: Run, pairs: Frame, file: Path, asking: Sequence[Question], shown: dict[Pair, tuple[Side, Side]],
    answered: dict[Pair, Answer],
) -> None:  # fmt: skip
    from jobs.review import sheet
    from jobs.review.answers import ask
    from skiptrace.linkage.rules import load

    ask(private, asking)
    sheet.write(file.absolute(), asking, sheet.rows_of(run, asking), shown, load())
    if not state.json:
        show(f"{len(asking):,} pairs: {file}")
        paragraph("write yes, no or unsure into the column `same`; then `skiptrace review --answers FILE --by WHO`")
    _done(state, pairs, answered, {"questions": len(asking), "sheet": str(file)})


def _in_turn(
    state: State, private: Place, run: Run, pairs: Frame, asking: Sequence[Question], shown: dict[Pair, tuple[Side, Side]], by: str
) -> None:  # fmt: skip
    """Ask about one pair after the other. Each answer is kept at once."""
    from jobs.acknowledged import refuse_values
    from jobs.cli.explained import show_bars
    from jobs.explain.records import records
    from jobs.review.answers import ask, keep, last
    from jobs.review.sheet import rows_of
    from jobs.review.sides import FIELDS
    from skiptrace.linkage.rules import load

    refuse_values(by, None)
    rows, rules = rows_of(run, asking), load()
    for number, one in enumerate(asking, 1):
        mine, theirs = shown[one.pair]
        (record,) = records([rows[one.pair]], rules)
        show()
        show(f"{number} of {len(asking)}: account {one.account_id}, record {one.record_id} of {one.source}")
        show_table(("", "account", "record"), [(name.replace("_", " "), mine[name], theirs[name]) for name in FIELDS], 2)
        show_bars(record, summed=False)
        pressed = click.prompt("one person? yes, no, unsure, quit", type=click.Choice(list(_KEYS)), show_choices=True)
        says = _KEYS[pressed]
        if says is None:
            break
        ask(private, [one])
        keep(private, [(one, says)], by, dt.datetime.now().astimezone())
    show()
    _done(state, pairs, last(private), {})


def _done(state: State, pairs: Frame, answered: dict[Pair, Answer], told: dict[str, Any]) -> None:
    """Say how far the answers reach."""
    from jobs.review.gauge import gauge

    found = gauge(pairs, answered)
    if state.json:
        show_json({**told, "gauge": found})
        return
    if told.get("questions") == 0:
        show(f"every written pair of run {pairs.run_id} was answered")
    show_left(found)
