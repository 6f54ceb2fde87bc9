"""`skiptrace evaluate`: the linkage of the latest run against pairs that somebody knows, or has judged."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from jobs.cli.frame import State, project_folder, subcommand
from jobs.cli.output import paragraph, show, show_json, show_table

if TYPE_CHECKING:
    from jobs.evaluation import Evaluation
    from jobs.evaluation.measures import Score


@subcommand("evaluate")
@click.option("--truth", type=click.Path(path_type=Path), metavar="FILE",
              help="Parquet or CSV with account_id, source and record_id; current_address may be added.")  # fmt: skip
@click.option(
    "--sample",
    is_flag=True,
    help="Judge only the accounts that FILE names; otherwise the others are known to be nowhere.",
)
@click.option("--reviewed", is_flag=True, help="Judge by the answers to `skiptrace review`: shares by probability, with intervals.")
@click.pass_obj
def command(state: State, truth: Path | None, sample: bool, reviewed: bool) -> None:
    """Measure the links of the latest run against known pairs: precision, recall, calibration."""
    if reviewed == (truth is not None):
        raise click.UsageError("say what to judge by: --truth FILE, or --reviewed")
    if reviewed and sample:
        raise click.UsageError("--sample is of --truth FILE: answers are a sample by themselves")
    folder = project_folder(state)
    if truth is None:
        _reviewed(state, folder)
        return
    from jobs.evaluation import evaluate, read_truth
    from skiptrace.results import latest

    known = read_truth(truth)
    found = evaluate(latest(folder), known, sample)
    if state.json:
        show_json(found)
    else:
        _show(found)


def _reviewed(state: State, folder: Path) -> None:
    from jobs.cli.reviewed import show_gauge
    from jobs.review.answers import last
    from jobs.review.bands import frame
    from jobs.review.gauge import gauge
    from skiptrace.project import PRIVATE, home_of
    from skiptrace.results import latest

    found = gauge(frame(latest(folder)), last(home_of(folder) / PRIVATE))
    show_json(found) if state.json else show_gauge(found)


def _show(found: Evaluation) -> None:
    show(f"run {found.run_id}: {found.accounts_judged:,} of {found.accounts_of_run:,} accounts judged")
    if found.accounts_unknown_to_run:
        paragraph(f"{found.accounts_unknown_to_run:,} accounts of the file are not in the run and were left out")
    if found.rows_incomplete:
        paragraph(f"{found.rows_incomplete:,} rows of the file hold half a pair and were left out")
    if not found.sample:
        paragraph("accounts that the file does not name count as known to be in no source; --sample leaves them out")
    show()
    rows = [("accounts", *_cells(found.accounts)), ("pairs", *_cells(found.pairs))]
    rows += [(f"pairs of {name}", *_cells(score)) for name, score in found.by_source.items()]
    show_table(("linked", "accepted", "true", "both", "precision", "recall", "F1"), rows)
    show()
    heads = ("from probability", "accounts: precision", "recall", "F1", "pairs: precision", "recall", "F1")
    show_table(heads, [(f"{t.probability:g}", *_shares(t.accounts), *_shares(t.pairs)) for t in found.thresholds])
    show()
    c = found.calibration
    paragraph(f"calibration over {c.pairs:,} written pairs: expected error {_share(c.ece)}, "
              f"Brier score {_share(c.brier)}; "
              f"mean probability {_share(c.mean_probability)}, share that is true {_share(c.share_true)}")  # fmt: skip
    home = found.current_address
    if home:
        paragraph(
            f"current address: ranked first for {home.found:,} of the {home.known:,} accounts where it is known"
            f" ({_share(home.share)})"
        )


def _cells(score: Score) -> tuple[int | str, ...]:
    return (score.accepted, score.true, score.hits, *_shares(score))


def _shares(score: Score) -> tuple[str, str, str]:
    return _share(score.precision), _share(score.recall), _share(score.f1)


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.4f}"
