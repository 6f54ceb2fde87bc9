"""`skiptrace waterfall`: ask sources about accounts by request files, take their answers and bills, and tell what was spent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from jobs.cli.frame import State, project_folder, subcommand
from jobs.cli.output import paragraph, show, show_json, show_table

_DAY = click.DateTime(["%Y-%m-%d"])


@click.group("waterfall")
def command() -> None:
    """Ask sources about accounts, take what they answer and bill, and tell what was spent."""


@subcommand("order")
@click.option("--as-of", type=_DAY, metavar="DATE", help="The day of the order: the project's, or today.")
@click.pass_obj
def _order(state: State, as_of: dt.datetime | None) -> None:
    """Decide whom to ask next, write the request files, and deliver them where an outbox takes them.

    The same command again asks about nobody anew until the answers came: it goes on with what is left of the order."""
    folder = project_folder(state)
    from jobs.waterfall.acting import order

    found = order(folder, as_of.date() if as_of else None, dt.datetime.now().astimezone())
    if state.json:
        show_json({"fresh": found.fresh, "requests": found.requests, "delivered": found.sent, "stops": found.stops, "status": found.status})
        return
    if not found.requests:
        show("nobody is asked")
    elif not found.fresh:
        show("this order was made before: nobody is asked anew")
    if found.requests:
        rows = [(one["request"], one["asked"], one["promised"], one["answer_by"], one["file"]) for one in found.requests]
        show_table(("request", "accounts", "costs at most", "answer by", "file"), rows)
    for one in found.sent:
        show(f"delivered to {one['outbox']}: {one['file']}")
    _stops(found.stops)
    _sums(found.status)


@subcommand("receive")
@click.option("--as-of", type=_DAY, metavar="DATE", help="The day of the answers: the project's, or today.")
@click.pass_obj
def _receive(state: State, as_of: dt.datetime | None) -> None:
    """Take the answers that came: each is compared with its request, and read by the next run.

    One that does not agree is refused and left where it came; all others are taken all the same."""
    folder = project_folder(state)
    from jobs.waterfall.acting import receive

    found = receive(folder, as_of.date() if as_of else None, dt.datetime.now().astimezone())
    if state.json:
        show_json({"taken": found.answers, "taken_before": found.before})
        return
    rows = [(one["request"], one["file"], one["rows"], one["references"], one["hits"]) for one in found.answers]
    show_table(("request", "file", "rows", "accounts", "hits"), rows) if rows else show("no new answer is there")
    if found.before:
        show(f"taken before: {', '.join(found.before)}")


@subcommand("bill")
@click.argument("file", metavar="[FILE]", required=False, type=click.Path(path_type=Path))
@click.option("--request", metavar="REQUEST", help="The request that was billed, instead of FILE.")
@click.option("--amount", metavar="AMOUNT", help="What was billed for it.")
@click.option("--number", metavar="TEXT", help="The number of that bill, where one request is billed twice with one amount.")
@click.option("--accept", is_flag=True, help="Book it although it differs from what is owed; needs --by and --reason.")
@click.option("--by", metavar="WHO", help="Who says that it is right.")
@click.option("--reason", metavar="TEXT", help="Why; kept in the audit log.")
@click.pass_obj
def _bill(
    state: State, file: Path | None, request: str | None, amount: str | None, number: str | None, accept: bool, by: str | None,
    reason: str | None,
) -> None:  # fmt: skip
    """Compare a vendor's bill with what is owed for each request, and book it: FILE has the columns request and amount."""
    if (file is None) == (request is None) or (request is None) != (amount is None):
        raise click.UsageError("say FILE, or --request REQUEST with --amount AMOUNT")
    if accept != bool(by and reason):
        raise click.UsageError("--accept, --by WHO and --reason WHY go together")
    folder = project_folder(state)
    from jobs.waterfall.acting import bill_file, bill_line

    now, accepted = dt.datetime.now().astimezone(), (by or "", reason or "") if accept else None
    if file is not None:
        found = bill_file(folder, file, None, now, accepted)
    else:
        found = bill_line(folder, request or "", amount or "", number, None, now, accepted)
    if state.json:
        show_json({"booked": found})
        return
    rows = [(one["request"], one["amount"], one["owed"], "before" if one["booked_before"] else "now") for one in found]
    show_table(("request", "billed", "owed", "booked"), rows)


@subcommand("withdraw")
@click.argument("request", metavar="REQUEST")
@click.option("--by", metavar="WHO", required=True, help="Who takes it back.")
@click.option("--reason", metavar="TEXT", required=True, help="Why; kept in the audit log.")
@click.pass_obj
def _withdraw(state: State, request: str, by: str, reason: str) -> None:
    """Take REQUEST back, which no vendor had: nothing is owed for it, and its accounts may be asked about again."""
    folder = project_folder(state)
    from jobs.waterfall.acting import withdraw

    withdraw(folder, request, by, reason, None, dt.datetime.now().astimezone())
    show_json({"withdrawn": request}) if state.json else show(f"{request} is withdrawn, and its file is removed; nothing is owed for it")


@subcommand("status")
@click.option("--as-of", type=_DAY, metavar="DATE", help="As of this day: the project's, or today.")
@click.pass_obj
def _status(state: State, as_of: dt.datetime | None) -> None:
    """Tell what was asked, answered, spent and is owed, by source and stage, and what is waited for."""
    folder = project_folder(state)
    from jobs.waterfall.acting import status

    found = status(folder, as_of.date() if as_of else None, dt.datetime.now().astimezone())
    if state.json:
        show_json(found)
        return
    if not found["requests"]:
        show("nothing was asked yet: `skiptrace waterfall order` asks")
    else:
        heads = ("source", "stage", "asked", "waiting", "hits", "successes", "owed", "billed", "at most")
        names = ("source", "stage", "asked", "waiting", "hits", "successes", "owed", "billed", "promised")
        show_table(heads, [tuple(one[name] for name in names) for one in found["sources"]])
        show()
        rows = [(one["request"], one["state"], one["asked"], one["answered"], one["answer_by"]) for one in found["requests"]]
        show_table(("request", "state", "accounts", "answered", "answer by"), rows)
    if found["read_by_runs"]:
        rows = [tuple(one[name] for name in ("source", "accounts", "cost_per_record", "cost")) for one in found["read_by_runs"]]
        show_table(("read by runs", "linked", "price", "cost of the last run"), rows)
    _stops(found["stops"])
    _sums(found)


def _stops(stops: Mapping[str, int]) -> None:
    if stops:
        from skiptrace.waterfall.priors import sentences

        words = sentences()
        show()
        show_table(("not asked", "accounts", "why"), [(name, count, words[name]) for name, count in stops.items()])


def _sums(found: Mapping[str, Any]) -> None:
    since = f" since {found['begins']}" if found["begins"] else ""
    show()
    paragraph(f"budget {found['budget']:,}: {found['spent']:,} spent{since}, {found['reserved']:,} may still come, {found['left']:,} left")


for _one in (_order, _receive, _bill, _withdraw, _status):
    command.add_command(_one)
