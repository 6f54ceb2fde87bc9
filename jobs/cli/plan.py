"""`skiptrace plan`: what a run will read, compare, take and cost, before it is begun."""

from __future__ import annotations

import datetime as dt
import time
from pathlib import Path
from typing import Any

import click

from jobs.cli.frame import State, project_folder, subcommand
from jobs.cli.output import paragraph, show, show_json, show_table

KEYS = 12
"""Blocking keys that are shown; the others are summed up."""


@subcommand("plan")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="The day of the run, such as 2026-06-30.")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Only the first N accounts, as `run --limit`.")
@click.option("--scheduler", metavar="ADDR", help="Another scheduler than the project's, as `run --scheduler`.")
@click.option("--sample", type=click.FloatRange(0, 1, min_open=True), metavar="SHARE", help="Read this share of accounts and records.")
@click.option("--budget", "budgets", type=click.FloatRange(min=0), multiple=True, metavar="AMOUNT",
              help="What this budget for sources that are asked by requests is expected to bring; may be said several times.")  # fmt: skip
@click.pass_obj
def command(
    state: State, as_of: dt.datetime | None, limit: int | None, scheduler: str | None, sample: float | None, budgets: tuple[float, ...]
) -> None:  # fmt: skip
    """Estimate a run before it is begun: pairs, hot values, memory, time, disk and the price of sources.

    Reads and checks what a run would, and a sample of accounts and records. Nothing is written but the estimate's own numbers, which the
    run's report then shows beside what happened. With --budget instead: budget against contacts and balance that sources are expected to
    add, before any of it is spent."""
    folder = project_folder(state)
    if budgets:
        if limit or scheduler or sample:
            raise click.UsageError("--budget goes with --as-of alone")
        _frontier(state, folder, budgets, as_of)
        return
    from jobs.estimate.estimate import estimate
    from jobs.prepare import Options

    options = Options(as_of=as_of.date() if as_of else None, limit=limit, scheduler=scheduler)
    told = estimate(folder, options, sample, time.process_time())
    if state.json:
        show_json(told)
    else:
        _show(told)


def _frontier(state: State, folder: Path, budgets: tuple[float, ...], as_of: dt.datetime | None) -> None:
    from jobs.waterfall.planning import planned

    told = planned(folder, budgets, as_of.date() if as_of else None, dt.datetime.now().astimezone())
    if state.json:
        show_json(told)
        return
    show(f"run {told['run_id']}, as of {told['as_of']}: {told['accounts']:,} accounts, {told['held']:,} of them held; nothing was written")
    rows = [
        (f"{one['budget']:,.2f}", f"{one['spent']:,.2f}", f"{one['asks']:,.0f}", *(_between(one, name) for name in ("contacts", "balance")),
         f"{one['value']:,.2f}")
        for one in told["frontier"]
    ]  # fmt: skip
    show_table(("budget", "spent", "asks", "contacts made possible", "their balance", "worth beyond the spending"), rows)
    paragraph(f"expected, with intervals of 90 %, by {told['answers']:,} answers so far; {told['left']:,} of the project's budget are left")


def _between(one: dict[str, Any], name: str) -> str:
    return f"{one[name]:,.1f} ({one[f'{name}_low']:,.1f} to {one[f'{name}_high']:,.1f})"


def _show(told: dict[str, Any]) -> None:
    show(f"project {told['project']}, as of {told['as_of']}: run {told['run_id']}")
    if told["published"]:
        show("this run is published already: running again does nothing")
    show()
    _sources(told)
    show()
    _pairs(told["pairs"])
    show()
    _takes(told)
    for warning in told["warnings"]:
        paragraph(f"note: {warning}")


def _sources(told: dict[str, Any]) -> None:
    rows: list[tuple[object, ...]] = [("portfolio", "portfolio", told["rows"], told["partitions"], *[None] * 5)]
    for one in told["sources"]:
        done = "all" if one["read"] == one["partitions"] else one["read"] or None
        cost, most = (None if one[name] is None else f"{one[name]:,.2f}" for name in ("cost", "cost_most"))
        rows.append((one["name"], one["kind"], one["rows"], one["partitions"], done, one["asked"], one["linked"], cost, most))
    show_table(("delivery", "kind", "rows", "partitions", "read before", "asked about", "linked", "cost", "at most"), rows)
    new = told["new"]
    once = [words for words, is_new in (
        (f"{new['rows']:,} rows of sources are read", new["rows"]), (f"{new['records']:,} records are indexed", new["records"]),
        ("persons are found among the records", new["resolves"]), ("the match model is learned", new["learns"]),
    ) if is_new]  # fmt: skip
    show("new in this run: " + "; ".join(once) if once else "every source is read and indexed already: only accounts are worked on")


def _pairs(pairs: dict[str, Any]) -> None:
    sample, keys = pairs["sample"], pairs["keys"]
    exact = pairs["low"] == pairs["high"]
    show(f"pairs to compare: {pairs['compared']:,}" + ("" if exact else f", between {pairs['low']:,} and {pairs['high']:,}"))
    rows = [(one["key"], one["pairs"], one["refined_pairs"], one["hot_values_dropped"], one["hot_pairs_dropped"]) for one in keys[:KEYS]]
    if rest := keys[KEYS:]:
        names = ("pairs", "refined_pairs", "hot_values_dropped", "hot_pairs_dropped")
        rows.append((f"{len(rest)} more keys", *(sum(one[name] for one in rest) for name in names)))
    show_table(("key", "pairs", "by finer keys", "hot values", "pairs these would bring"), rows)
    show("a pair that several keys bring is compared once; pairs to compare include other records of likely persons")
    read = f"by {sample['accounts']:,} of {sample['accounts_of']:,} accounts"
    show(read + (f" and {sample['records']:,} of {sample['records_of']:,} new records" if sample["records_of"] else ", asked of the index"))


def _takes(told: dict[str, Any]) -> None:
    rows = [(name, one["tasks"], *(f"{one[what]:,.1f}" for what in ("cpu_seconds", "seconds"))) for name, one in told["steps"].items()]
    rows.append(("in all", sum(one["tasks"] for one in told["steps"].values()), f"{told['cpu_seconds']:,.1f}", f"{told['seconds']:,.1f}"))
    show_table(("step", "tasks", "CPU s", "s by the clock"), rows)
    where, disk = told["machine"], told["disk"]
    workers = f"{where['workers']} workers ({where['scheduler']})" if where["workers"] else f"one process ({where['scheduler']})"
    origin = "shipped figures" if told["costs_from"] == "shipped" else f"run {told['costs_from']}"
    show(f"on {workers}, {where['cores']} cores, costs from {origin}; in all: with start and publishing")
    if where["stretch"] >= 1.2:
        show(f"the machine is busy: a second of work took {where['stretch']:.1f} by the clock while this was estimated")
    limit = f", memory_limit {where['memory_limit'] / 1e9:,.1f} GB" if where["workers"] else ""
    show(f"memory: {told['peak_bytes'] / 1e9:,.2f} GB of a worker, most in {told['peak_step']}{limit}; {where['workers_that_fit']} fit into"
         f" {where['memory'] / 1e9:,.1f} GB")  # fmt: skip
    free = f"; {disk['free'] / 1e9:,.1f} GB are free" if disk["free"] is not None else ""
    show(f"disk: {disk['left'] / 1e9:,.2f} GB stay, {disk['working'] / 1e9:,.2f} GB more while it works{free}")
