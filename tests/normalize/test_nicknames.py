from __future__ import annotations

from collections import Counter

import pytest
from nicknames import NickNamer

from skiptrace.normalize.nicknames import compatible, group, representatives

TABLE = sorted(name.upper() for name in NickNamer().nickname_lookup.keys() | NickNamer().canonical_lookup.keys())


@pytest.mark.parametrize(
    ("names", "home"),
    [
        (("BOB", "ROB", "ROBERT", "BOBBY"), "ROBERT"),
        (("BILL", "BILLY", "WILL", "WILLIAM"), "WILLIAM"),
        (("LIZ", "BETH", "BETTY", "ELIZABETH"), "ELIZABETH"),
        (("JIM", "JIMMY", "JAMES"), "JAMES"),
        (("MIKE", "MICHAEL"), "MICHAEL"),
        (("PEGGY", "MEG", "MARGARET"), "MARGARET"),
        (("XZQ",), "XZQ"),
        (("",), ""),
    ],
)
def test_short_forms_share_a_group(names: tuple[str, ...], home: str) -> None:
    assert {group(name) for name in names} == {home}


def test_groups_stay_small_and_their_head_stays() -> None:
    groups = Counter(group(name) for name in TABLE)
    assert max(groups.values()) <= 25
    assert all(group(group(name)) == group(name) for name in TABLE)


def test_representatives_are_one_step_away_and_hold_the_name() -> None:
    assert representatives("BOB") == ("BERT", "BOB", "BOBBY", "ROBERT")
    assert representatives("XZQ") == ("XZQ",)
    assert representatives("") == ()


def test_compatible_names() -> None:
    assert compatible("BOB", "ROBERT")
    assert compatible("ROBERT", "BOB")
    assert compatible("XZQ", "XZQ")
    assert not compatible("BOB", "WILLIAM")
    assert not compatible("JACQUELINE", "JOHN")
    assert not compatible("", "")
    assert all(compatible(a, b) == compatible(b, a) for a in TABLE[::97] for b in TABLE[::89])
