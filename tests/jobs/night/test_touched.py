from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pyarrow as pa
import pytest

from jobs.night.base import DEAD, DIGESTS
from jobs.night.touched import _FIND, REASONS, differing, due, said_otherwise
from skiptrace.schema.working import CONSIDERED, CONSUMERS
from tests.jobs.night.test_digests import PAIR, of
from tests.jobs.projects import Finished

IDS = ("A", "B", "C", "D")


def digest(account: str, **other: int) -> dict[str, Any]:
    return {"account_id": account, "own": 1, "linked": 2, "told": 3, "part": 0, **other}


def digests(*rows: dict[str, Any]) -> pa.Table:
    return pa.Table.from_pylist(list(rows), DIGESTS.arrow)


def consumers(**ids: str) -> pa.Table:
    return pa.table({"account_id": list(ids), "consumer_id": list(ids.values())}, CONSUMERS.arrow)


def found(**other: pa.Table) -> dict[str, str]:
    """Reason by account: of four accounts, the last two of one person, nothing changed but `other`."""
    everybody = consumers(A="p", B="q", C="r", D="r")
    tables = {
        "now": digests(*map(digest, IDS)), "was": digests(*map(digest, IDS)), "consumers": everybody, "before": everybody,
        "points": pa.table({"account_id": ["A", "B"], "kind": ["phone", "phone"], "value": ["+1", "+2"]}),
        "differing": pa.table({"kind": pa.array([], pa.string()), "value": pa.array([], pa.string())}),
        "likely": of(CONSIDERED, PAIR), "due": pa.table({"source": pa.array([], pa.string()), "identity": pa.array([], pa.int64())}),
    }  # fmt: skip
    return {row["account_id"]: row["reason"] for row in differing({**tables, **other}).to_pylist()}


def test_where_nothing_changed_nobody_could_differ() -> None:
    assert found() == {}


@pytest.mark.parametrize("what", ["own", "linked", "told"])
def test_an_account_and_those_of_one_person_with_it_could_differ(what: str) -> None:
    changed = digests(digest("A"), digest("B"), digest("C", **{what: 9}), digest("D"))
    assert found(now=changed) == {"C": what, "D": "together"}


def test_an_account_that_comes_and_those_of_one_that_went() -> None:
    assert found(now=digests(*map(digest, "ABCDE")), consumers=consumers(A="p", B="q", C="r", D="r", E="p")) == {
        "A": "together", "E": "own",
    }  # fmt: skip
    assert found(now=digests(*map(digest, "ABC")), consumers=consumers(A="p", B="q", C="r")) == {"C": "together"}


def test_who_is_another_person_now_and_who_it_was_together_with() -> None:
    assert found(consumers=consumers(A="p", B="q", C="r", D="s")) == {"C": "together", "D": "consumer"}
    assert found(consumers=consumers(A="q", B="q", C="r", D="r")) == {"A": "consumer", "B": "together"}


def test_a_point_that_an_attempt_on_somebody_else_found_dead() -> None:
    assert found(differing=pa.table({"kind": ["phone"], "value": ["+2"]})) == {"B": "dead"}


def test_a_record_with_a_day_that_has_come() -> None:
    assert found(due=pa.table({"source": ["header"], "identity": pa.array([5], pa.int64())})) == {"A": "due"}
    assert found(due=pa.table({"source": ["voter"], "identity": pa.array([5], pa.int64())})) == {}


def test_what_is_said_otherwise_is_what_one_night_says_alone() -> None:
    rows = [
        {"kind": "phone", "value": f"+{number}", "outcome": "not_in_service", "occurred_at": dt.datetime(2026, 6, number, tzinfo=dt.UTC)}
        for number in (1, 2, 3)
    ]
    now, before = (pa.Table.from_pylist(some, DEAD.arrow) for some in ([rows[0], rows[1]], [rows[1], rows[2]]))
    assert sorted(said_otherwise(now, before)["value"].to_pylist()) == ["+1", "+3"]
    assert said_otherwise(now, now).num_rows == 0


def test_days_of_records_come_between_two_nights(finished: Finished) -> None:
    assert due(finished.setup, finished.setup.as_of).num_rows == 0
    lately = due(finished.setup, finished.setup.as_of - dt.timedelta(days=400)).to_pylist()
    assert {row["source"] for row in lately} <= set(finished.setup.record_sources)
    assert lately


def test_every_reason_that_is_found_has_its_words() -> None:
    assert set(re.findall(r"'([a-z]+)'", _FIND)) | {"shared"} == set(REASONS)
