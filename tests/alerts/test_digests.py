from __future__ import annotations

import datetime as dt

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from skiptrace.alerts.detect import Known, changes
from skiptrace.alerts.digests import COLUMNS, Digests, differing, facts_named
from skiptrace.alerts.night import Night
from skiptrace.alerts.rules import load
from tests.alerts.nights import FACTS, Book

RULES = load()
VALUES = ("12 ELM ST, TACOMA, WA 98402", "900 OAK AVE, SPOKANE, WA 99201", "+12535550101", "+15095550102", "a@example.com")


def digests(night: Night) -> pa.Table:
    accounts, points, uses = (
        table.select(list(columns))
        for table, columns in zip((night.accounts, night.contact_points, night.decisions), COLUMNS.values(), strict=True)
    )
    found = Digests(accounts, RULES.limits)
    for start in range(0, len(points), 2):  # an account may stand in two pieces
        found.add_points(points.slice(start, 2))
    found.add_uses(uses)
    assert night.situations is not None
    found.add_facts(night.situations)
    return found.table


def test_the_facts_that_are_read_are_those_of_the_rules() -> None:
    assert facts_named(RULES) == sorted(FACTS)


def test_the_order_of_rows_does_not_matter_and_what_matters_does() -> None:
    one = Book().account("A").account("B").point("A", VALUES[0]).point("A", VALUES[2]).point("B", VALUES[0])
    other = Book().account("A").account("B").point("B", VALUES[0]).point("A", VALUES[2]).point("A", VALUES[0])
    assert digests(one.night())["digest"].to_pylist() == digests(other.night())["digest"].to_pylist()
    for twin in (
        Book().account("A").point("A", VALUES[0], status="invalid"),
        Book().account("A").point("A", VALUES[0], 2),
        Book().account("A").point("A", VALUES[0], p=0.1),
        Book().account("A").point("A", VALUES[0], stopped_by=("R",)),
        Book().account("A").point("A", VALUES[0], facts=("attorney_known",)),
        Book().account("A", holds=("R",)).point("A", VALUES[0]),
        Book().account("A", status="deceased").point("A", VALUES[0]),
        Book().account("A").point("A", VALUES[1]),
        Book().account("A", p=0.9).point("A", VALUES[0]),
    ):
        before = digests(Book().account("A").point("A", VALUES[0]).night())
        assert differing(before, digests(twin.night()), RULES.limits).to_pylist() == ["A"]


@st.composite
def books(draw: st.DrawFn) -> Book:
    book = Book()
    for account in "ABCDEFGHIJ":
        if draw(st.integers(0, 9)) == 0:
            continue
        status = draw(st.sampled_from(("located", "located", "deceased")))
        book.account(account, draw(st.sampled_from((0.1, 0.25, 0.5))), status, draw(st.sampled_from(((), (), ("H-1",)))))
        rank = {"a": 0, "p": 0, "e": 0}
        for value in draw(st.permutations(VALUES))[: draw(st.integers(0, 4))]:
            kind = "e" if "@" in value else "p" if value[0] == "+" else "a"
            rank[kind] += 1
            book.point(
                account,
                value,
                rank[kind],
                draw(st.sampled_from((0.1, 0.5, 0.9))),
                draw(st.sampled_from(("active", "disconnected"))),
                draw(st.sampled_from(((), (), ("R-1",), ("PASSING",)))),
                facts=draw(st.sampled_from(((), (), ("attorney_known",), ("opt_out_endpoint",)))),
                seen=dt.date(2026, draw(st.integers(1, 6)), 1),
            )
    return book


@settings(max_examples=2, deadline=None)
@given(books(), books())
def test_accounts_that_do_not_differ_have_nothing_to_tell(one: Book, other: Book) -> None:
    before, after = one.night(), other.night()
    some = differing(digests(before), digests(after), RULES.limits)
    known = Known(("PASSING",), {"H-1": "bankruptcy"}, ("header",))
    whole = changes(before, after, RULES, known, dt.date(2026, 6, 30))
    assert changes(before.of(some), after.of(some), RULES, known, dt.date(2026, 6, 30)).equals(whole)
