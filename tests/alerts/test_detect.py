from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from skiptrace.ids import point_id
from tests.alerts.nights import Book, found

OLD, NEW = "12 ELM ST, TACOMA, WA 98402", "900 OAK AVE, SPOKANE, WA 99201"
EARLIER = dt.date(2026, 5, 1)
PHONE, OTHER = "+12535550101", "+15095550102"


def kinds(rows: list[dict[str, object]]) -> list[tuple[object, object]]:
    return [(row["account_id"], row["kind"]) for row in rows]


def test_nothing_changed_is_no_news() -> None:
    book = Book().account("A").point("A", OLD).point("A", PHONE)
    assert found(book, book) == []


def test_another_address_that_leads_is_a_move_with_its_evidence() -> None:
    before = Book().account("A").point("A", OLD)
    after = Book().account("A").point("A", NEW, 1, 0.7, sources=("header", "utility")).point("A", OLD, 2, 0.2, seen=EARLIER)
    row, new = found(before, after)
    assert (new["kind"], new["after"], new["thing"]) == ("new_address", NEW, point_id("address", NEW))
    assert (row["kind"], row["before"], row["after"]) == ("moved", OLD, NEW)
    assert row["delta_p"] == pytest.approx(0.7)
    assert row["evidence"] == [{"source": name, "seen": dt.date(2026, 6, 1)} for name in ("header", "utility")]
    assert (row["from_state"], row["state"]) == (point_id("address", OLD), point_id("address", NEW))
    assert row["may_leave"]


def test_another_spelling_is_no_move() -> None:
    before, after = Book(), Book()
    for account, other in zip(
        "ABC", ("12 ELM STREET, TACOMA, WA 98402", "12 ELM ST # 4, TACOMA, WA 98402", "12 ELMM ST, TACOMA, WA 98402"), strict=True
    ):
        before.account(account).point(account, OLD)
        after.account(account).point(account, other).point(account, OLD, 2)
    assert found(before, after) == []


def test_where_a_move_begins() -> None:
    cases = {
        ("1234 ELM ST, TACOMA, WA 98402", "1243 ELM ST, TACOMA, WA 98402"): False,  # a slip in the number
        ("12 ELM ST, TACOMA, WA 98402", "14 ELM ST, TACOMA, WA 98402"): True,  # next door
        ("12 ELM ST # APT 4, TACOMA, WA 98402", "12 ELM ST # UNIT 4, TACOMA, WA 98402"): False,
        ("12 ELM ST # 4, TACOMA, WA 98402", "12 ELM ST # 5, TACOMA, WA 98402"): True,
        ("12 ELM ST, TACOMA, WA 98402", "12 ELM ST, SPOKANE, WA 99201"): True,
    }
    before, after = Book(), Book()
    for account, (old, new) in zip("ABCDE", cases, strict=True):
        before.account(account).point(account, old)
        after.account(account).point(account, new).point(account, old, 2, 0.1, seen=EARLIER)
    assert kinds(found(before, after)) == [
        (account, kind) for account, moved in zip("ABCDE", cases.values(), strict=True) for kind in ("moved", "new_address") if moved
    ]  # fmt: skip


def test_what_makes_an_address_news() -> None:
    cases: list[tuple[dict[str, Any], list[str]]] = [
        ({"p": 0.25}, ["new_address"]),  # it does not lead as likely
        ({"sure": 0.89}, []),
        ({"seen": dt.date(2026, 3, 1)}, []),  # another was seen since
        ({"sources": ("calls",)}, []),  # what was tried is no record
    ]
    before, after = Book(), Book()
    for account, (more, _) in zip("ABCD", cases, strict=True):
        before.account(account).point(account, OLD)
        after.account(account).point(account, NEW, 1, **{"p": 0.7, **more}).point(account, OLD, 2, seen=EARLIER)
    assert kinds(found(before, after)) == [(account, kind) for account, (_, told) in zip("ABCD", cases, strict=True) for kind in told]


def test_an_address_seen_too_long_ago_is_no_news() -> None:
    before, after = Book(), Book()
    for account, day in {"A": dt.date(2026, 3, 2), "B": dt.date(2026, 3, 1)}.items():
        before.account(account).point(account, OLD)
        after.account(account).point(account, NEW, seen=day).point(account, OLD, 2, seen=dt.date(2025, 1, 1))
    assert kinds(found(before, after)) == [("A", "moved"), ("A", "new_address")]


def test_a_first_address_is_new_though_nobody_saw_it_lately() -> None:
    (row,) = found(Book().account("A"), Book().account("A").point("A", NEW, seen=dt.date(2020, 1, 1)))
    assert (row["kind"], row["before"], row["after"]) == ("new_address", None, NEW)


def test_new_phones_and_mailboxes_that_are_likely_and_work() -> None:
    after = Book().account("A").point("A", PHONE).point("A", "a@example.com").point("A", OTHER, 2, 0.1)
    after.account("B").point("B", PHONE, status="disconnected")
    assert kinds(found(Book().account("A").account("B"), after)) == [("A", "new_email"), ("A", "new_phone")]


def test_a_point_that_stopped_working() -> None:
    cases = {
        (PHONE, "disconnected"): "disconnected", (PHONE, "invalid"): "undeliverable", (PHONE, "reassigned"): "reassigned",
        (PHONE, "wrong_party"): "reassigned", ("a@example.com", "invalid"): "email_dead",
    }  # fmt: skip
    before, after = Book(), Book()
    for account, (value, status) in zip("ABCDE", cases, strict=True):
        before.account(account).point(account, value)
        after.account(account).point(account, value, status=status, p=0.02, stopped_by=("WRONG",))
    for book in (before, after):
        book.account("STILL").point("STILL", PHONE, status="disconnected", p=0.02, stopped_by=("WRONG",))
    rows = [row for row in found(before, after) if row["topic"] == "status"]
    told = [(row["account_id"], row["kind"], row["after"], row["may_leave"], round(row["delta_p"], 2)) for row in rows]
    assert told == [
        (account, kind, f"{value} ({status})", False, -0.78)
        for account, ((value, status), kind) in zip("ABCDE", cases.items(), strict=True)
    ]


def test_who_says_that_a_number_is_dead() -> None:
    before, after = Book(), Book()
    for account in "ABC":
        before.account(account).point(account, OTHER if account == "C" else PHONE)
    after.account("A").point("A", PHONE, status="disconnected", sources=("header", "utility"))
    after.account("B").point("B", PHONE, status="disconnected", sources=("portfolio",))
    after.account("C").point("C", OTHER, status="disconnected", sources=("portfolio",))
    dispositions, *others = (row["evidence"] for row in after.rows["contact_points"])
    dispositions[1]["status"] = "active"
    for one in (one for evidence in others for one in evidence):
        one["status"] = None
    seen = dt.date(2026, 6, 1)
    assert [row["evidence"] for row in found(before, after)] == [
        [{"source": "header", "seen": seen}],
        [{"source": "header", "seen": seen}],  # of another account with the number
        [{"source": "portfolio", "seen": seen}],  # where nobody says so, who shows the number
    ]


def test_a_death() -> None:
    after = Book().account("A", status="deceased", holds=("DEAD", "OLD"), deceased_date=dt.date(2026, 5, 1))
    rows = found(Book().account("A", holds=("OLD",)), after)
    assert kinds(rows) == [("A", "deceased"), ("A", "new_stop")]
    assert (rows[0]["before"], rows[0]["after"]) == ("located", "deceased, 2026-05-01")
    assert rows[0]["evidence"] == [{"source": "DEAD", "seen": None}]


def test_a_fact_that_was_not_there_before() -> None:
    cases = {"bankruptcy_reported": "bankruptcy", "attorney_known": "attorney", "opt_out_person": "opt_out"}
    before, after = Book(), Book()
    for account, fact in zip("ABC", cases, strict=True):
        before.account(account).point(account, PHONE)
        after.account(account).point(account, PHONE, facts=(fact,))
    before.account("GONE").point("GONE", PHONE, facts=tuple(cases))
    after.account("GONE").point("GONE", PHONE)
    assert kinds(found(before, after)) == list(zip("ABC", cases.values(), strict=True))


def test_a_fact_of_an_account_without_points_is_read_off_its_holds() -> None:
    rows = found(Book().account("A"), Book().account("A", holds=("BK",)), holding={"BK": "bankruptcy"})
    assert kinds(rows) == [("A", "bankruptcy"), ("A", "new_stop")]


def test_an_opt_out_at_a_point_names_it() -> None:
    after = Book().account("A").point("A", PHONE, facts=("opt_out_endpoint",), stopped_by=("OPT",))
    (row,) = (row for row in found(Book().account("A").point("A", PHONE), after) if row["kind"] == "opt_out")
    assert row["evidence"] == [{"source": "OPT", "seen": None}]
    assert (row["thing"], row["after"], row["may_leave"]) == (point_id("phone", PHONE), f"reported at {PHONE}", False)


def test_a_stop_and_its_end() -> None:
    before = Book().account("A", 0.5).point("A", PHONE).account("B", 0.1).point("B", PHONE, stopped_by=("R-1",))
    after = Book().account("A", 0.1).point("A", PHONE, stopped_by=("R-1",)).account("B", 0.5).point("B", PHONE)
    row, lifted = found(before, after)
    assert (row["kind"], row["before"], row["after"], row["evidence"]) == (
        "new_stop", "open: voice 1", "open: none", [{"source": "R-1", "seen": None}])  # fmt: skip
    assert row["delta_p"] == pytest.approx(-0.4)
    assert (lifted["kind"], lifted["before"], lifted["after"]) == ("lifted_stop", "open: none", "open: voice 1")


def test_what_stops_with_the_calendar_is_no_news_and_neither_is_what_follows_from_it() -> None:
    opened, shut = Book().account("A", 0.9).point("A", PHONE), Book().account("A", 0.1).point("A", PHONE, stopped_by=("SEVEN",))
    assert found(opened, shut, passing=("SEVEN",)) == []


def test_a_chance_that_moved() -> None:
    before, after = Book(), Book()
    for account, (was, now) in {"A": (0.45, 0.64), "B": (0.45, 0.66), "C": (0.66, 0.45)}.items():
        before.account(account, was).point(account, PHONE)
        after.account(account, now).point(account, PHONE)
    told = [(row["account_id"], row["kind"], row["before"], row["after"]) for row in found(before, after)]
    assert told == [("B", "reach_up", "0.45", "0.66"), ("C", "reach_down", "0.66", "0.45")]


def test_accounts_of_one_night_alone_are_no_news() -> None:
    assert found(Book().account("A").point("A", OLD), Book().account("B").point("B", NEW).point("B", PHONE)) == []


def test_a_value_whose_sources_let_nothing_leave_stays() -> None:
    after = Book().account("A").point("A", PHONE).account("B").point("B", PHONE, sources=("utility",))
    rows = found(Book().account("A").account("B"), after, limited=("header", "other"))
    assert [(row["account_id"], row["may_leave"]) for row in rows] == [("A", False), ("B", True)]
