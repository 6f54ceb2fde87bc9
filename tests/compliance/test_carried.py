from __future__ import annotations

from dataclasses import replace
from typing import Any

import pyarrow as pa
import pytest

from skiptrace.compliance.accounts import build_accounts
from skiptrace.compliance.carried import LISTS, carriers
from skiptrace.compliance.screening import screen, trace
from skiptrace.compliance.situations import build
from skiptrace.rulebook import loading
from skiptrace.schema.facts import SITUATIONS
from tests.compliance import tables as t

POINTS = t.points({}, t.HOME, t.MAILBOX)

BOOK = loading.load()
USES = t.uses(("e-1", "email"), ("e-1", "portal"), ("p-1", "portal"), ("p-1", "sms"), ("p-1", "voice"))
OPEN = t.consents({"channel": "text"}, {"channel": "email"})


def sheet(uses: pa.Table = USES, **given: Any) -> pa.Table:
    known = t.history(t.events(), given.pop("entries", t.entries()))
    common: dict[str, Any] = {"as_of": t.AS_OF, "rulebook": BOOK, "settings": t.SETTINGS, "history": known}
    return build(build_accounts(t.tape(), points=POINTS, **common), POINTS, uses, consents=given.pop("consents", OPEN), **common)


def decided(table: pa.Table, book: Any = BOOK) -> dict[tuple[str, str], dict[str, Any]]:
    return {(row["point_id"], row["channel"]): row for row in screen(table, book, t.AS_OF).to_pylist()}


def test_a_link_is_permitted_where_the_message_that_carries_it_is() -> None:
    rows = decided(sheet())
    for point, carrier in (("e-1", "email"), ("p-1", "sms")):
        link, message = rows[point, "portal"], rows[point, carrier]
        assert message["decision"] == link["decision"] == "conditional"
        assert set(message["conditions"]) <= set(link["conditions"])
        assert link["window_start"] >= message["window_start"]
        assert link["window_end"] <= message["window_end"]
    assert len({row["facts_digest"] for row in rows.values()}) == len(rows)


def test_what_stops_the_message_stops_the_link() -> None:
    rows = decided(sheet(consents=t.consents()))
    for point, carrier in (("e-1", "email"), ("p-1", "sms")):
        link, message = rows[point, "portal"], rows[point, carrier]
        assert message["decision"] == link["decision"] == "stopped"
        for name in LISTS:
            assert set(message[name]) <= set(link[name])


def test_a_link_whose_message_nobody_decided_about_is_stopped() -> None:
    for table in (sheet(t.uses(("e-1", "portal"))), sheet(t.uses(("p-1", "portal"), ("p-1", "voice")))):
        (link,) = [row for (_, channel), row in decided(table).items() if channel == "portal"]
        assert link["decision"] == "stopped"
        assert "COVERAGE" in link["stopped_by"]


def test_a_link_on_a_point_of_no_known_kind_is_stopped() -> None:
    table = sheet()
    gone = table.set_column(table.column_names.index("kind"), "kind", pa.nulls(len(table), pa.string()))
    assert decided(gone)["e-1", "portal"]["decision"] == "stopped"


def test_a_rulebook_without_carriers_covers_no_portal() -> None:
    book = replace(BOOK, carried={}, covered_channels=tuple(c for c in BOOK.covered_channels if c != "portal"))
    rows = decided(sheet(), book)
    assert rows["e-1", "portal"]["stopped_by"] == ["COVERAGE"]
    assert rows["e-1", "email"] == decided(sheet())["e-1", "email"]


def test_other_uses_are_as_they_were_in_any_order() -> None:
    table = sheet()
    back = table.take(pa.array(range(len(table) - 1, -1, -1)))
    assert decided(back) == decided(table)
    rows, place = carriers(table, BOOK)
    told = table.to_pylist()
    assert [(told[a]["channel"], told[b]["channel"]) for a, b in zip(rows, place, strict=True)] == [("portal", "email"), ("portal", "sms")]
    assert carriers(pa.Table.from_pylist([], SITUATIONS.arrow), BOOK)[0].tolist() == []


def test_a_trace_names_the_rules_of_the_message_too() -> None:
    told = {(row["point_id"], row["channel"]): row for row in trace(sheet(consents=t.consents()), BOOK, t.AS_OF)}
    acted = {one["rule"] for one in told["p-1", "portal"]["rules"] if one["effect"] != "none"}  # type: ignore[attr-defined]
    assert "REGF-TEXT-BASIS" in acted


@pytest.mark.parametrize("channel", ["sms", "portal"])
def test_an_opt_out_of_the_message_or_of_the_link_stops_the_link(channel: str) -> None:
    point = POINTS.filter(pa.compute.equal(POINTS["point_id"], "p-1")).to_pylist()[0]
    entry = {"list": "own", "scope": "endpoint", "channel": channel, "kind": "phone", "value": point["value"], "reason": "opt_out"}
    rows = decided(sheet(entries=t.entries(entry)))
    assert "REGF-OPTOUT" in rows["p-1", "portal"]["stopped_by"]
    assert rows["e-1", "portal"]["decision"] == "conditional"
