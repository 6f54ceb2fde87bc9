"""`skiptrace sources`: the sources of a project, and what each is worth by the last run."""

from __future__ import annotations

import os
from decimal import Decimal, InvalidOperation
from typing import Any

import click

from jobs.cli.completing import run_names
from jobs.cli.frame import State, project_folder, subcommand
from jobs.cli.output import paragraph, show, show_json, show_table


@click.group("sources")
def command() -> None:
    """List the sources, or tell what each is worth."""


@subcommand("list")
@click.pass_obj
def _list(state: State) -> None:
    """List the sources: kind, rows, how new they are, accounts they linked, price and end of contract."""
    folder = project_folder(state)
    from jobs.feedback import load_project
    from jobs.sourced import listed
    from skiptrace.errors import ConfigError
    from skiptrace.results import latest

    project = load_project(folder, os.environ)
    try:
        run = latest(folder)
    except ConfigError:  # no run yet
        run = None
    found = listed(project, run)
    if state.json:
        show_json({"run_id": None if run is None else run.run_id, "sources": found})
        return
    rows = [(one["name"], one["kind"], one["rows"], one["newest"], one["linked_accounts"], _price(one),
             one["contract_expires"]) for one in found]  # fmt: skip
    show_table(("source", "kind", "rows", "newest", "linked", "price", "contract until"), rows)


def _price(one: dict[str, Any]) -> str | float | None:
    """The price of a record; of a source that is asked by requests all that an account may cost."""
    if one["asked_for"] is None:
        return one["cost_per_record"] or None
    words = {"record": "", "hit": " a hit", "success": " a success"}
    return " + ".join(f"{one['asked_for'][name]}{word}" for name, word in words.items() if Decimal(one["asked_for"][name]))


@subcommand("value")
@click.option("--run", "run_id", metavar="RUN", default="latest", shell_complete=run_names,
              help="By this run; the one published last otherwise.")  # fmt: skip
@click.option("--contact-value", "contact", metavar="AMOUNT", help="What a right-party contact is worth to you, in the balance's currency.")
@click.pass_obj
def _value(state: State, run_id: str, contact: str | None) -> None:
    """Tell what each source adds: alone, if it were the last, and its fair part, in expected contacts and balance, and what that costs."""
    amount = None if contact is None else _amount(contact)
    folder = project_folder(state)
    from jobs.sourced import valued
    from skiptrace.results import open_run

    found = valued(open_run(folder, run_id), amount)
    if state.json:
        show_json(found)
        return
    show(f"expected right-party contacts that sources add, run {found['run_id']}, before the contact rules")
    heads = ["source", "accounts", "alone", "lost without it", "fair part", "fair balance", "cost", "per added contact"]
    rows = [(one["name"], one["accounts"], *(_between(one[name]) for name in ("alone", "last", "fair")), _money(one["fair"], "balance"),
             one.get("cost"), _cents(one.get("cost_per_added_contact"))) for one in found["sources"]]  # fmt: skip
    if amount is not None:
        heads += ["net", "price that earns nothing"]
        rows = [(*row, _cents(one.get("net")), _cents(one.get("break_even"))) for row, one in zip(rows, found["sources"], strict=True)]
    show_table(heads, rows)
    show()
    show("of the contact points of a source, the share that another one shows too")
    shared = found["overlap"]
    names = list(shared)
    show_table(("source", "points", *names), [(name, one["points"], *(_percent(one["shared"].get(other, 1.0)) for other in names))
                                              for name, one in shared.items()])  # fmt: skip
    show()
    for text in found["words"]:
        paragraph(text)
    paragraph(
        "alone: beyond the portfolio's own points, if it were the only source. Fair part: the mean of what it adds over all orders in"
        " which sources may come (Shapley); these add up to what all sources add. In brackets: intervals of 95 %, from leaving out each"
        " twentieth of the consumers in turn."
    )


def _amount(text: str) -> Decimal:
    try:
        found = Decimal(text)
    except InvalidOperation:
        found = Decimal(-1)
    if not found.is_finite() or found <= 0:
        raise click.UsageError("--contact-value takes an amount above 0, such as 12.50")
    return found


def _between(part: dict[str, Any] | None) -> str | None:
    return None if part is None else f"{part['reached']:,.1f} ({part['reached_low']:,.1f} to {part['reached_high']:,.1f})"


def _percent(part: float | None) -> str | None:
    return None if part is None else f"{part:.1%}"


def _money(part: dict[str, Any] | None, name: str) -> Decimal | None:
    return None if part is None else part[name]


def _cents(value: Decimal | None) -> Decimal | None:
    return None if value is None else round(value, 2)


for _one in (_list, _value):
    command.add_command(_one)
