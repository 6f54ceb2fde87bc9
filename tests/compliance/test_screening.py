"""Decisions: what a run's facts come to, holds, and the properties that make the rules safe to combine."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skiptrace.compliance.accounts import build_accounts
from skiptrace.compliance.screening import screen, screen_accounts, sentences, trace
from skiptrace.compliance.situations import build
from skiptrace.rulebook.engine import case_facts
from skiptrace.rulebook.loading import from_texts, load
from skiptrace.rulebook.model import Rulebook
from skiptrace.schema import DECISIONS
from skiptrace.schema.facts import FACTS, SITUATIONS
from skiptrace.schema.working import CONSUMERS, DEATHS
from tests.compliance import tables as t

BOOK = load()
POINTS = t.points({}, t.HOME, t.MAILBOX)
USES = t.uses(("a-1", "mail"), ("e-1", "email"), ("p-1", "portal"), ("p-1", "sms"), ("p-1", "voice"))


def decide(
    tape_row: dict[str, object] | None = None,
    settings: dict[str, Any] | None = None,
    as_of: dt.date = t.AS_OF,
    bare: bool = False,
    **given: Any,
) -> dict[str, dict[str, Any]]:
    shared: dict[str, Any] = {} if bare else {"events": t.events(), "suppressions": t.entries()}
    shared |= {name: given.pop(name) for name in ("events", "suppressions") if name in given}
    known = t.history(shared.get("events"), shared.get("suppressions"), as_of=as_of)
    common: dict[str, Any] = {
        "as_of": as_of, "rulebook": BOOK, "settings": t.SETTINGS if settings is None else settings, "history": known,
    }  # fmt: skip
    points = given.pop("points", POINTS)
    accounts = build_accounts(t.tape(tape_row or {}), points=points, deaths=DEATHS.empty(), **common)
    consents = {} if bare else {"consents": given.pop("consents", t.consents())}
    table = screen(build(accounts, points, USES, **consents, **given, **common), BOOK, as_of)
    assert table.schema == DECISIONS.arrow
    return {row["channel"]: row for row in table.to_pylist()}


def test_a_prepared_project_may_call_and_write() -> None:
    rows = decide()
    assert {channel: row["decision"] for channel, row in rows.items()} == {
        "mail": "conditional",
        "email": "stopped",
        "portal": "stopped",
        "sms": "stopped",
        "voice": "conditional",
    }
    assert rows["voice"]["stopped_by"] == rows["voice"]["steps_required"] == []
    assert rows["voice"]["conditions"] == ["REGF-DISCLOSURE", "REGF-LCM", "REGF-TIME", "REGF-VALIDATION"]
    assert rows["sms"]["stopped_by"] == ["REGF-TEXT-BASIS"]
    assert len({row["facts_digest"] for row in rows.values()}) == 5
    assert rows["portal"]["stopped_by"] == ["REGF-TEXT-BASIS"]  # the text that would carry the link has no basis
    assert {row["rulebook"] for row in rows.values()} == {BOOK.hash}


def test_consent_opens_texts_and_e_mail() -> None:
    rows = decide(consents=t.consents({"channel": "text"}, {"channel": "email"}))
    assert (rows["sms"]["decision"], rows["email"]["decision"]) == ("conditional", "conditional")
    assert "REGF-OPTOUT-NOTICE" in rows["sms"]["conditions"]


def test_a_consent_of_61_days_asks_for_a_number_check() -> None:
    old = t.consents({"channel": "text", "at": t.AS_OF - dt.timedelta(days=61)})
    row = decide(consents=old)["sms"]
    assert (row["decision"], row["stopped_by"], row["steps_required"]) == ("stopped", ["REGF-TEXT-60D"], ["rnd_query"])


def test_a_project_that_says_nothing_is_stopped_with_the_steps_to_take() -> None:
    rows = decide(settings={}, bare=True)
    assert {row["decision"] for row in rows.values()} == {"stopped"}
    assert {
        "account_flags_review",
        "bankruptcy_scrub",
        "call_history",
        "consent_review",
        "deceased_scrub",
        "opt_out_review",
        "project_settings",
    } <= set(rows["voice"]["steps_required"])


@pytest.mark.parametrize(
    ("flag", "rule"),
    [
        ("cease", "REGF-CEASE"),
        ("attorney", "REGF-ATTY"),
        ("bankruptcy", "BK-STAY"),
        ("deceased", "DEC-STOP"),
        ("dispute", "REGF-DISPUTE"),
        ("minor", "POL-MINOR"),
    ],
)
def test_a_reported_flag_stops_every_channel_and_holds_the_account(flag: str, rule: str) -> None:
    rows = decide({flag: True})
    assert all(rule in row["stopped_by"] for row in rows.values())
    accounts = build_accounts(t.tape({flag: True}), as_of=t.AS_OF, rulebook=BOOK, settings=t.SETTINGS, history=t.history())
    assert screen_accounts(accounts, BOOK, t.AS_OF).to_pylist() == [{"account_id": "A1", "holds": [rule]}]


def test_an_unknown_fact_never_holds() -> None:
    accounts = build_accounts(t.tape(), as_of=t.AS_OF, rulebook=BOOK, settings={}, history=t.history())
    assert screen_accounts(accounts, BOOK, t.AS_OF).column("holds").to_pylist() == [[]]


def test_call_limits_stop_calls_but_hold_nothing() -> None:
    calls = t.events(*({"occurred_at": t.moment(t.AS_OF)} for _ in range(7)))
    rows = decide(events=calls)
    assert rows["voice"]["stopped_by"] == ["POL-PERSON-CAP", "REGF-7IN7"]
    assert rows["mail"]["decision"] == "conditional"
    accounts = build_accounts(t.tape(), as_of=t.AS_OF, rulebook=BOOK, settings=t.SETTINGS, history=t.history(calls))
    assert screen_accounts(accounts, BOOK, t.AS_OF).column("holds").to_pylist() == [[]]


def test_rules_hold_from_their_day() -> None:
    boston = {**t.HOME, "state": "MA", "postal_code": "02108"}
    city = {**t.HOME, "postal_code": "10025"}
    for day, stopped in ((dt.date(2026, 8, 31), False), (dt.date(2026, 9, 1), True)):
        tries = t.events(*({"occurred_at": t.moment(day), "channel": "mail", "outcome": "sent"} for _ in range(3)))
        attest = [{**row, "date": day} for row in t.SETTINGS["attest"]]
        given = {"events": tries, "as_of": day, "settings": {**t.SETTINGS, "attest": attest}}
        assert ("NYC-3IN7" in decide(points=t.points({}, city, t.MAILBOX), **given)["voice"]["stopped_by"]) is stopped
        assert "NYC-3IN7" not in decide(points=t.points({}, boston, t.MAILBOX), **given)["voice"]["stopped_by"]


def test_before_regulation_f_no_hours_are_known_and_nothing_may_leave() -> None:
    day = dt.date(2021, 11, 29)
    rows = decide(as_of=day, settings={**t.SETTINGS, "attest": []})
    assert "COVERAGE" in rows["voice"]["stopped_by"]
    assert not {"REGF-TIME", "REGF-7IN7"} & {*rows["voice"]["stopped_by"], *rows["voice"]["conditions"]}


def test_decisions_end_before_the_rules_change() -> None:
    day = dt.date(2026, 7, 5)
    rows = decide(as_of=day)
    assert (rows["voice"]["valid_until"], rows["mail"]["valid_until"]) == (day, day + dt.timedelta(days=7))
    assert decide()["mail"]["valid_until"] == t.AS_OF  # a rule of Connecticut begins on the next day
    eve = dt.date(2026, 8, 28)
    assert decide(as_of=eve)["mail"]["valid_until"] == dt.date(2026, 8, 31)


def test_a_trace_shows_answers_and_the_facts_they_rest_on() -> None:
    common: dict[str, Any] = {"as_of": t.AS_OF, "rulebook": BOOK, "settings": {}, "history": t.history()}
    accounts = build_accounts(t.tape({"cease": True}), **common)
    found = trace(build(accounts, POINTS, t.uses(("a-1", "mail")), **common), BOOK, t.AS_OF)
    rules: Any = found[0]["rules"]
    told = {row["rule"]: row for row in rules}
    assert told["REGF-CEASE"] == {
        "rule": "REGF-CEASE",
        "answer": "true",
        "effect": "stop",
        "facts": {"cease_written": True},
    }
    assert told["REGF-ATTY"]["answer"] == "unknown"
    assert told["REGF-7IN7"] == {
        "rule": "REGF-7IN7",
        "answer": "false",
        "effect": "none",
        "facts": {"calls_7_days": None, "channel": "mail"},
    }


def test_sentences_speak_to_a_person() -> None:
    rows = sentences(BOOK, ["REGF-CEASE", "REGF-OPTOUT", "COVERAGE", "NO-SUCH"])
    assert [row[0] for row in rows] == ["REGF-CEASE", "REGF-OPTOUT", "COVERAGE"]
    assert rows[0][2] == "12 CFR 1006.6(c)(1)-(2); 15 USC 1692c(c)"
    assert "reviewed" in rows[1][1]


@pytest.fixture(scope="module")
def allowed() -> list[dict[str, Any]]:
    """Facts of four uses, one per channel, that the whole book allows."""
    common: dict[str, Any] = {
        "as_of": t.AS_OF,
        "rulebook": BOOK,
        "settings": t.SETTINGS,
        "history": t.history(t.events(), t.entries()),
    }
    accounts = build_accounts(t.tape(), points=POINTS, **common)
    given = t.consents({"channel": "text"}, {"channel": "email"})
    table = build(accounts, POINTS, USES, consents=given, **common)
    rows: list[dict[str, Any]] = [row for row in table.to_pylist() if row["channel"] != "portal"]
    assert exportable(sheet_of(rows), BOOK) == [True] * 4
    return rows


def sheet_of(rows: list[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist(rows, SITUATIONS.arrow)


def exportable(table: pa.Table, book: Rulebook) -> list[bool]:
    return [word != "stopped" for word in screen(table, book, t.AS_OF).column("decision").to_pylist()]


def values_near_boundaries() -> dict[str, list[object]]:
    """Every value of every fact that a case of any rule gives: one under, at and over each boundary."""
    pools: dict[str, list[object]] = {}
    for rule in BOOK.rules:
        for case in rule.cases:
            for name, value in case_facts(rule, case).items():
                pools.setdefault(name, []).append(value)
    return {name: values for name, values in sorted(pools.items()) if name not in ("channel", "as_of")}


POOLS = values_near_boundaries()


def disturbed(rows: list[dict[str, Any]], seed: int, times: int = 40) -> list[dict[str, Any]]:
    """Copies of allowed rows with none to three facts changed or taken away: about half stay allowed."""
    rng = np.random.default_rng(seed)
    out = []
    for number in range(times):
        row = dict(rows[number % len(rows)])
        for name in rng.choice(list(POOLS), rng.integers(0, 4), replace=False):
            row[name] = None if rng.random() < 0.2 else POOLS[name][rng.integers(len(POOLS[name]))]
        out.append(row)
    return out


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_taking_any_fact_away_never_permits(allowed: list[dict[str, Any]], seed: int) -> None:
    rows = disturbed(allowed, seed)
    before = exportable(sheet_of(rows), BOOK)
    rng = np.random.default_rng(seed)
    facts = sorted(set(FACTS) - {"channel"})
    poorer = [{**row, facts[rng.integers(len(facts))]: None} for row in rows]
    after = exportable(sheet_of(poorer), BOOK)
    assert any(before)
    assert not any(now and not then for then, now in zip(before, after, strict=True))


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), data=st.data())
def test_adding_a_rule_never_permits_and_order_does_not_matter(
    allowed: list[dict[str, Any]], seed: int, data: st.DataObject
) -> None:
    table = sheet_of(disturbed(allowed, seed))
    keep = data.draw(st.sets(st.sampled_from([rule.id for rule in BOOK.rules])))
    fewer = replace(BOOK, rules=tuple(rule for rule in BOOK.rules if rule.id in keep), requirements=())
    whole = replace(BOOK, requirements=())
    for then, now in zip(exportable(table, fewer), exportable(table, whole), strict=True):
        assert then or not now
    shuffled = replace(BOOK, rules=tuple(data.draw(st.permutations(BOOK.rules))))
    assert screen(table, shuffled, t.AS_OF).equals(screen(table, BOOK, t.AS_OF))


def test_order_of_files_does_not_matter() -> None:
    assert from_texts(tuple(reversed(BOOK.files))) == BOOK


def test_many_uses_are_screened_as_few(allowed: list[dict[str, Any]]) -> None:
    rows = disturbed(allowed, 7, 200)
    table = sheet_of(rows)
    together = screen(table, BOOK, t.AS_OF)
    alone = pa.concat_tables([screen(table.slice(row, 1), BOOK, t.AS_OF) for row in range(0, 200, 20)])
    assert together.take(pa.array(range(0, 200, 20))).equals(alone.combine_chunks())


def test_no_uses_is_no_error() -> None:
    assert screen(SITUATIONS.empty(), BOOK, t.AS_OF).num_rows == 0
    common: dict[str, Any] = {"rulebook": BOOK, "settings": {}, "history": t.history(), "consumers": CONSUMERS.empty()}
    assert build_accounts(t.tape(), as_of=t.AS_OF, **common).num_rows == 1


def test_a_sheet_of_an_earlier_version_is_decided_as_it_was(allowed: list[dict[str, Any]]) -> None:
    earlier = replace(BOOK, rules=tuple(rule for rule in BOOK.rules if "planned_channels" not in rule.condition.facts))
    older = sheet_of(disturbed(allowed, 3)).drop_columns(["planned_channels"])
    told = screen(older, earlier, t.AS_OF)
    assert told.equals(screen(older.select(older.column_names[::-1]), earlier, t.AS_OF))
    whole = screen(sheet_of(disturbed(allowed, 3)), earlier, t.AS_OF)
    assert told.drop_columns(["facts_digest"]).equals(whole.drop_columns(["facts_digest"]))
    assert not any(exportable(older, BOOK))  # what a newer rule reads is not known
