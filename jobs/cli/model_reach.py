"""`skiptrace model train-reach`, and what `model show` says of scorecards that were learned."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from jobs.cli.frame import State, project_folder, subcommand
from jobs.cli.output import paragraph, say, show, show_json, show_table
from jobs.cli.progress import watched
from skiptrace.errors import ConfigError

_FIGURES = (("auc", "AUC"), ("ks", "KS"), ("brier", "Brier"), ("log_loss", "log loss"), ("ece", "ECE"))


@subcommand("train-reach")
@click.option("--outcomes", "files", type=click.Path(path_type=Path), metavar="FILE", multiple=True,
              help="What came of attempts, Parquet or CSV, besides the project's dispositions: event_id, account_id, channel, value, "
                   "outcome_code, occurred_at and optionally system. May be given several times; an event counts once.")  # fmt: skip
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE",
              help="Learn from attempts from this day on; without it from those of the last 90 days.")  # fmt: skip
@click.option("--shipped", is_flag=True, help="Learn nothing: use the scorecards that come with the program again.")
@click.option("--scheduler", metavar="ADDR", help="auto, sync, threads, processes, or an address such as tls://host:8786.")
@click.pass_obj
def train_reach(state: State, files: tuple[Path, ...], since: dt.datetime | None, shipped: bool, scheduler: str | None) -> None:
    """Learn the scorecards of each channel from outcomes, and use them from the next run on.

    A channel whose new scorecard is worse than the one in force on people and days that it did not see keeps the old one; where
    that is so of every channel, nothing is changed (exit code 4)."""
    folder = project_folder(state)
    if shipped:
        if files or since:
            raise ConfigError("--shipped learns nothing — leave --outcomes and --since out")
        _back(state, folder)
        return
    from jobs.pipeline import Options
    from jobs.train_reach import train_reach as train

    with watched(state) as observe:
        found = train(folder, Options(scheduler=scheduler, exports=False), observe, files, since.date() if since else None)
    if state.json:
        show_json({"key": found.key, "before": found.before, "file": str(found.file), **told(found.content)})
        return
    if found.key == found.before:
        show(f"scorecards {found.key}: they were learned from these very outcomes already, so nothing was changed")
    else:
        show(f"scorecards {found.key} are used from the next run on; before: {found.before or 'the shipped ones'}")
    show_learned(found.content)
    say(state, "next: `skiptrace run`; a learned chance is that of one attempt, so it does not compare with a shipped one")


def _back(state: State, folder: Path) -> None:
    from jobs import reach_models
    from skiptrace.project import PRIVATE, home_of

    private = home_of(folder) / PRIVATE
    before = reach_models.current_key(private)
    if before is not None:
        reach_models.adopt(private, None)
    if state.json:
        show_json({"key": None, "before": before})
        return
    show("the shipped scorecards are used from the next run on" if before else "the shipped scorecards are in use already")


def told(content: Mapping[str, Any]) -> dict[str, Any]:
    """What a program is told of learned scorecards: everything but the covariances."""
    channels = {name: {key: value for key, value in one.items() if key != "covariance"} for name, one in content["channels"].items()}
    return {"channels": channels, "report": content["report"], "provenance": content["provenance"]}


def show_learned(content: Mapping[str, Any]) -> None:
    """Where learned scorecards come from, how good they were on attempts that they did not see, and what they add."""
    origin, report = content["provenance"], content["report"]
    paragraph(
        f"learned from {origin['attempts']:,} attempts of {origin['first']} to {origin['last']} ({', '.join(origin['sources'])}); "
        f"what was known on {origin['known_on']} is scored", 2,
    )  # fmt: skip
    if origin["of_unknown_accounts"]:
        paragraph(f"{origin['of_unknown_accounts']:,} attempts are of accounts that the portfolio does not have: they teach nothing", 2)
    for one in origin["files"]:
        lost = ", ".join(f"{reason} {count:,}" for reason, count in one["rejected"].items())
        paragraph(f"{one['file']}: {one['used']:,} of {one['rows']:,} rows used" + (f"; rejected: {lost}" if lost else ""), 2)
    show()
    rows = []
    for channel, one in sorted(report.items()):
        verdict = "learned" if one["published"] else "as it was: " + one["why_not"]
        rows.append((channel, f"{one['attempts']:,}", f"{one['reached']:,}", verdict))
    show_table(("channel", "attempts", "reached", "scorecard"), rows)
    judged = {channel: one for channel, one in sorted(report.items()) if "judged_on" in one}
    if judged:
        show()
        show("judged on people and days that were not learned from, with 90 % intervals; before → learned")
        show_table(("channel", "attempts", *(name for _, name in _FIGURES)), [_judged(name, one) for name, one in judged.items()])
        show()
        tenths = ("share reached over that of all, by tenth", *map(str, range(1, 11)))
        show_table(tenths, [_lift(name, one) for name, one in judged.items()])
        _show_fairness(judged)
    for channel, one in sorted(content["channels"].items()):
        show()
        show(f"{channel}: points beyond the shipped scorecard (log-odds), from {one['outcomes']:,} outcomes")
        show_table(("feature", "points by band"), [(name, _points(values)) for name, values in one["points"]])


def _judged(channel: str, one: Mapping[str, Any]) -> tuple[str, ...]:
    return (channel, f"{one['judged_on']:,}", *(f"{_short(one['in_force'][key])} → {_range(one['learned'][key])}" for key, _ in _FIGURES))


def _short(figure: Mapping[str, Any]) -> str:
    return "-" if figure["value"] is None else f"{figure['value']:.3f}"


def _range(figure: Mapping[str, Any]) -> str:
    if figure["value"] is None:
        return "-"
    return f"{figure['value']:.3f} ({figure['low']:.3f} to {figure['high']:.3f})"


def _lift(channel: str, one: Mapping[str, Any]) -> tuple[str, ...]:
    return (channel, *(f"{value:.2f}" for value in one["learned"]["lift"] or [float("nan")] * 10))


def _points(values: list[float]) -> str:
    return "  ".join(f"{value:+.2f}" for value in values)


def _show_fairness(judged: Mapping[str, Mapping[str, Any]]) -> None:
    """By age of the debt all groups, by area those that are furthest from what was stated."""
    rows = []
    for channel, one in judged.items():
        areas = sorted((g for g in one["fairness"]["area"] if g["error"]), key=lambda g: -abs(g["difference"]) / g["error"])[:3]
        for kind, groups in (("age of the debt", one["fairness"]["debt_years"]), ("area, furthest off", areas)):
            rows += [
                (channel, kind, group["group"], f"{group['accounts']:,}", f"{(group['coverage'] or 0):.0%}", f"{group['stated']:.3f}",
                 f"{group['reached']:.3f}", f"{group['difference']:+.3f} ± {1.645 * group['error']:.3f}")
                for group in groups if group["error"]
            ]  # fmt: skip
    if rows:
        show()
        show("coverage and calibration of groups with 50 attempts and more; no group is made of race, origin, sex or age of a person")
        show_table(("channel", "by", "group", "accounts", "with a use", "stated", "reached", "difference"), rows)
