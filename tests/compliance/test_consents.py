"""Which consent stands at which point."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from skiptrace.compliance.consents import consent_facts
from tests.compliance import tables as t

MAY, JUNE = dt.date(2026, 5, 1), dt.date(2026, 6, 1)
TRACED = {"point_id": "p-2", "value": "+12125550124", "origin": "reference"}


def text_consent(*rows: dict[str, Any]) -> list[tuple[object, ...]]:
    table = t.consents(*({"channel": "text", **row} for row in rows))
    found = consent_facts(t.points({}, TRACED), table, t.AS_OF).to_pylist()
    return [(row["consent_text_state"], row["consent_text_at"], row["consent_text_given_to"]) for row in found]


NONE = ("none", None, None)


@pytest.mark.parametrize(
    ("rows", "own", "traced"),
    [
        ([], NONE, NONE),
        ([{}], ("given", JUNE, "collector"), NONE),
        ([{"point_id": "p-2"}], NONE, ("given", JUNE, "collector")),
        ([{}, {"state": "revoked", "at": MAY, "given_to": None}], ("given", JUNE, "collector"), ("revoked", MAY, None)),
        ([{}, {"state": "revoked", "at": JUNE, "given_to": None}], ("revoked", JUNE, None), ("revoked", JUNE, None)),
        ([{}, {"state": "revoked", "at": None}], ("revoked", None, None), ("revoked", None, None)),
        ([{"at": None}], ("given", None, "collector"), NONE),
        ([{"at": dt.date(2026, 7, 1)}], NONE, NONE),
        ([{"at": MAY}, {"at": JUNE}], ("given", JUNE, "collector"), NONE),
        ([{"at": MAY}, {"at": JUNE, "given_to": "creditor"}], ("given", MAY, "collector"), NONE),
        ([{"given_to": None}], ("given", JUNE, None), NONE),
        ([{"channel": "email"}], NONE, NONE),
    ],
)
def test_what_stands(rows: list[dict[str, Any]], own: tuple[object, ...], traced: tuple[object, ...]) -> None:
    assert text_consent(*rows) == [own, traced]


def test_without_a_delivery_nothing_is_known() -> None:
    row = consent_facts(t.points({}), None, t.AS_OF).to_pylist()[0]
    assert row["consent_text_state"] is None
    assert row["consent_voice_at"] is None


def test_the_short_form_without_points_is_taken() -> None:
    table = t.consents({"channel": "email"}).drop_columns(["point_id"])
    row = consent_facts(t.points({}), table, t.AS_OF).to_pylist()[0]
    assert (row["consent_email_state"], row["consent_email_given_to"]) == ("given", "collector")
