"""An explanation as one HTML page in the report's style: offline, without script, with the same numbers as text and as bars."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

from jobs.explain.model import Explanation, Point, Record, Use
from jobs.explain.words import DECISION, KINDS, listed, percent
from skiptrace.errors import ConfigError, Problem
from skiptrace.report.render import page
from skiptrace.report.weighed import Fall, Waterfall
from skiptrace.store.commit import put_bytes, replace_bytes
from skiptrace.store.permissions import refuse_unsafe

DETAILED = 3
"""Records that were not linked and are shown with their bars; the others have a row of a table."""
ORIGIN = {
    "portfolio": "from the portfolio alone", "reference": "new: from references", "both": "the portfolio's, seen by references too",
}  # fmt: skip
_HUNDREDTH = Decimal("0.01")


def html(told: Explanation) -> str:
    """The page. The same explanation gives the same text; every text of it is escaped."""
    there = {"tape": told.delivered, "rival": told.runner_up, "considered": told.considered}
    names = (("summary", "What came out"), ("tape", "The tape"), ("links", "Linked records"), ("rival", "Why not somebody else"),
             ("considered", "Considered"), ("points", "Contact points"))  # fmt: skip
    sections = [one for one in names if there.get(one[0], True)]
    return page(
        "account.html", told=told, facts=_facts(told), sections=sections, falls=falls, scores=scores, head_of=head_of,
        point_facts=_point_facts, percent=percent, decided=DECISION, detailed=DETAILED,
    )  # fmt: skip


def write(told: Explanation, file: Path, replace: bool) -> None:
    """Write the page to a file that this user alone can read. Raises ConfigError (exit 2) where a file is there already, unless `replace`,
    or the folder is not; UnsafePermissions (exit 78) where others could put another file in its place."""
    if not file.parent.is_dir():
        raise ConfigError("the page cannot be written", (Problem(file.name, "--html", "its folder is not there", "make the folder first"),))
    refuse_unsafe(file.parent)
    if file.is_dir():
        raise ConfigError("the page cannot be written", (Problem(file.name, "--html", "is a folder", "name a file in it"),))
    content = html(told).encode()
    if replace:
        replace_bytes(file, content)
    elif not put_bytes(file, content):
        mend = "choose another name, or say --replace to write over it"
        raise ConfigError("nothing is written over", (Problem(file.name, "--html", "is there already", mend),))


def falls(record: Record) -> Waterfall:
    """The bars of a record. Sums are rounded and bars are their differences, so that what is shown adds up exactly."""
    totals = [record.match_weight - sum(bar.bits for bar in record.bars[place:]) for place in range(len(record.bars) + 1)]
    sums = [_rounded(total) for total in totals]
    bars = tuple(
        Fall(bar.comparison, bar.sentence, sums[place], sums[place + 1], bar.level < 0 and bar.bits == 0)
        for place, bar in enumerate(record.bars)
    )
    chance = Decimal(record.match_probability)
    return Waterfall(record.status, 1, chance, sums[0], bars, sums[-1], _rounded(record.person_weight))


def scores(use: Use) -> Waterfall:
    """The reasons of a score likewise: from nothing to the log-odds."""
    totals = [_rounded(sum(reason.points for reason in use.reasons[:place])) for place in range(len(use.reasons) + 1)]
    bars = tuple(Fall(reason.code, reason.text, totals[place], totals[place + 1], False) for place, reason in enumerate(use.reasons))
    return Waterfall(use.channel, 1, Decimal(use.p_reach), Decimal(0), bars, totals[-1], totals[-1])


def head_of(record: Record) -> str:
    """A record as a heading: source, id, status, relation, and by which other one it was reached."""
    bridged = f", reached through {record.via}" if record.via else ""
    return f"{record.source} {record.record_id} ({record.status}, {record.relation}{bridged})"


def _facts(told: Explanation) -> list[tuple[str, str]]:
    order = f"{listed(list(told.channel_order), 'then')}; chance that one reaches the consumer: {percent(told.p_any_channel)}"
    rows = [
        ("Name", told.name), ("Consumer", "; ".join(told.consumer)), ("Balance", None if told.balance is None else f"{told.balance:,}"),
        ("Inventory", told.state.sentence if told.state else None), ("Placement", told.placed),
        ("Death", told.death.sentence if told.death else None), ("Channels, best first", order if told.channel_order else None),
        ("Its sources permit", "; ".join(f"{one.source}: {', '.join(one.purposes) or 'nothing'}" for one in told.basis)),
    ]  # fmt: skip
    return [(name, text) for name, text in rows if text]


def _point_facts(point: Point) -> list[tuple[str, str]]:
    line = f", {point.line_type}" if point.kind == "phone" and point.line_type != "unknown" else ""
    rows = [
        ("Point", f"{point.point_id}: {KINDS[point.kind]}{line}, {ORIGIN[point.origin]}; status {point.status}"),
        ("Current", percent(point.p_current)), ("This person's", percent(point.p_right_party)),
    ]  # fmt: skip
    return [*rows, *([("Shared", f"{point.shared_by} unrelated consumers of yours show it")] if point.shared_by else [])]


def _rounded(number: float) -> Decimal:
    return Decimal(number).quantize(_HUNDREDTH, ROUND_HALF_UP)
