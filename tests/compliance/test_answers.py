"""Answers to steps: the latest counts, a denial takes nothing away, and what is not understood is refused."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from skiptrace.compliance.accounts import build_accounts
from skiptrace.compliance.answers import answered_accounts, check_answers, creditor_notices, reassigned_numbers
from skiptrace.errors import DataRefused
from skiptrace.rulebook.loading import load
from tests.compliance import tables as t

BOOK = load()
POINTS = t.points({}, {"point_id": "p-2", "value": "+12125550199", "rank": 2})
OF = POINTS.select(["account_id", "kind", "value"])


def account(tape: dict[str, object], *rows: dict[str, object]) -> dict[str, Any]:
    table = build_accounts(
        t.tape(tape), as_of=t.AS_OF, rulebook=BOOK, settings={}, history=t.history(), points=POINTS, answers=t.answers(*rows)
    )
    return table.to_pylist()[0]  # type: ignore[no-any-return]


def test_an_answer_gives_the_facts_of_its_word() -> None:
    row = account({}, {"step": "bankruptcy_scrub", "account_id": "A1", "response": "open_13"})
    assert (row["bankruptcy_reported"], row["bankruptcy_chapter"], row["bankruptcy_status"]) == (True, "13", "open")
    assert row["bankruptcy_scrub_days"] == 0


def test_the_latest_answer_that_is_known_counts() -> None:
    step = {"step": "bankruptcy_scrub", "account_id": "A1"}
    old, later = {**step, "response": "open_7", "answered_at": dt.date(2026, 1, 1)}, {**step, "response": "none"}
    tomorrow = {**step, "response": "discharged", "answered_at": t.AS_OF + dt.timedelta(days=1)}
    assert account({}, old, later, tomorrow)["bankruptcy_status"] == "none"


def test_a_denial_never_takes_a_report_away() -> None:
    row = account({"bankruptcy": True}, {"step": "bankruptcy_scrub", "account_id": "A1", "response": "none"})
    assert row["bankruptcy_reported"] is True


def test_a_number_tells_of_its_account_and_denies_only_with_all_others() -> None:
    asked = [{"step": "litigator_scrub", "kind": "phone", "value": value} for value in ("+12125550123", "+12125550199")]
    assert account({}, {**asked[0], "response": "listed"})["litigator"] is True
    assert account({}, {**asked[0], "response": "not_listed"})["litigator"] is None
    assert account({}, *({**one, "response": "not_listed"} for one in asked))["litigator"] is False


def test_no_answers_are_no_error() -> None:
    assert answered_accounts(None, OF.slice(0, 0), BOOK, t.AS_OF).num_rows == 0
    assert reassigned_numbers(None, t.AS_OF).num_rows == creditor_notices(None, t.AS_OF).num_rows == 0


def test_the_last_day_to_object_is_kept_per_mailbox() -> None:
    sent = {"step": "creditor_notice", "kind": "email", "value": "x@example.com", "response": "sent"}
    rows = t.answers({**sent, "date_used": dt.date(2026, 5, 1)}, {**sent, "date_used": dt.date(2026, 6, 1)})
    assert creditor_notices(rows, t.AS_OF).to_pylist()[0]["creditor_notice_until"] == dt.date(2026, 6, 1)


def test_an_unknown_step_or_word_is_refused_without_its_value() -> None:
    check_answers(t.answers({"step": "rnd_query", "response": "no", "kind": "phone", "value": "+12125550123"}), BOOK)
    with pytest.raises(DataRefused) as caught:
        check_answers(t.answers({"step": "rnd_qery", "response": "no"}, {"step": "rnd_query", "response": "maria"}), BOOK)
    told = str(caught.value)
    assert "did you mean rnd_query?" in told
    assert "of no, no_data, yes" in told
    assert "maria" not in told
