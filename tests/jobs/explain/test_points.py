from __future__ import annotations

from typing import Any

import pytest

from jobs.explain.points import in_order, meant, point
from skiptrace.errors import ConfigError
from tests.jobs.published import ADDRESS, EMAIL, PHONE

ROWS: list[dict[str, Any]] = [
    {
        "point_id": f"{kind[0]}-1",
        "kind": kind,
        "value": value,
        "rank": 1,
        "origin": "both",
        "status": "unknown",
        "line_type": "unknown",
        "shared_by": 0,
        "first_seen": None,
        "last_seen": None,
        "p_current": 0.5,
        "p_right_party": 0.5,
        "evidence": [],
    }
    for kind, value in (("email", EMAIL), ("phone", PHONE), ("address", ADDRESS))
]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("p-1", "p-1"),
        ("509-555-0123", "p-1"),
        ("+1 (509) 555-0123", "p-1"),
        ("Jocasta.Q@Example.com", "e-1"),
        ("123 Main Street, Apt 4, Spokane, WA 99201", "a-1"),
    ],
)
def test_a_point_is_meant_by_id_or_in_any_common_form(text: str, found: str) -> None:
    assert [row["point_id"] for row in meant(ROWS, text)] == [found]


@pytest.mark.parametrize("text", ["", "509-555-0199", "somebody@example.org"])
def test_a_point_that_is_not_there_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(ConfigError, match="no such contact point") as error:
        meant(ROWS, text)
    assert not text or text not in str(error.value)


def test_points_are_shown_address_first_and_masked_unless_asked_for() -> None:
    assert [row["kind"] for row in in_order(ROWS)] == ["address", "phone", "email"]
    assert point(ROWS[1], [], show_pii=False).value == "***-***-0123"
    assert point(ROWS[1], [], show_pii=True).value == PHONE
