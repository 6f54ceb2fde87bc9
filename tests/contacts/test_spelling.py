from __future__ import annotations

from typing import Any

import numpy as np

from skiptrace.contacts.spelling import KINDS, spell
from tests.contacts.tables import AREAS, AWAY, HOME, PHONE, ago, evidence

OLD, NEW = {**PHONE, "value": "+15035550177"}, {**PHONE, "value": "+15415550177"}


def points(*rows: dict[str, Any], shows: list[bool] | None = None) -> tuple[list[int], list[str]]:
    """(point of each row, value that stands for each point)."""
    table = evidence(*rows)
    found = spell(table, np.array(shows or [True] * len(rows), bool), AREAS.splits)
    assert sorted(found.kind.tolist()) == found.kind.tolist()
    return found.point.tolist(), table["value"].take(found.speaker).to_pylist()


def mail(value: str, **more: Any) -> dict[str, Any]:
    return {"kind": "email", "value": value, "match_key": "pat@gmail.com", **more}


def test_points_stand_by_kind_and_account() -> None:
    rows = [PHONE, HOME, {**AWAY, "account_id": "A2"}, mail("pat@gmail.com"), HOME]
    found, values = points(*rows)
    assert found == [3, 0, 1, 2, 0]
    assert values == [HOME["value"], AWAY["value"], "pat@gmail.com", PHONE["value"]]


def test_a_mailbox_is_one_point_and_its_commonest_then_newest_spelling_speaks() -> None:
    tagged, plain = mail("pat+shop@gmail.com"), mail("pat@gmail.com", last_seen=ago(3))
    assert points(tagged, plain, plain) == ([0, 0, 0], ["pat@gmail.com"])
    assert points(tagged, plain) == ([0, 0], ["pat+shop@gmail.com"])
    assert points(tagged, plain, shows=[False, True]) == ([0, 0], ["pat@gmail.com"])


def test_a_number_and_the_one_it_became_in_a_split_are_one_line() -> None:
    assert points(OLD, NEW, OLD) == ([0, 0, 0], [NEW["value"]])
    assert points(NEW) == ([0], [NEW["value"]])


def test_other_codes_other_lines_and_other_accounts_are_other_points() -> None:
    assert len(points(OLD, {**PHONE, "value": "+12065550177"})[1]) == 2
    assert len(points(OLD, {**PHONE, "value": "+15415550178"})[1]) == 2
    assert len(points(OLD, {**NEW, "account_id": "A2"})[1]) == 2
    assert len(points({**PHONE, "value": "+445035550177"}, NEW)[1]) == 2


def test_nothing_is_no_point() -> None:
    found = spell(evidence(), np.zeros(0, bool), AREAS.splits)
    assert [found.of(kind) for kind in KINDS] == [slice(0, 0)] * 3
