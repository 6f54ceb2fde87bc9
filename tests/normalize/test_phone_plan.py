from __future__ import annotations

import numpy as np
import pytest

from skiptrace.normalize.phone_plan import (
    ASK,
    FIRST,
    INVALID,
    SHORT,
    PhoneClass,
    Plan,
    Region,
    compile_plan,
    library_exceptions,
)

ZONES = {"1": ("B", "A", "Etc/Unknown"), "1206": ("A",), "1206267": ("B", "C")}


def region(name: str, leading: str | None, general: str, **types: str) -> Region:
    names = ("premium", "toll_free", "shared_cost", "voip", "personal", "pager", "uan", "voicemail", "fixed", "mobile")
    return Region(name, leading, general, tuple(types.get(each, "") for each in names))


def told(plan: Plan, number: int) -> PhoneClass | int:
    entry = int(plan.entries[number // 1000])
    return plan.classes[entry - FIRST] if entry >= FIRST else entry


@pytest.fixture(scope="module")
def plan() -> Plan:
    first = region("US", None, r"[2-9]\d{9}", toll_free=r"800\d{7}", fixed=r"206[2-9]\d{6}", mobile=r"20[67][2-9]\d{6}")
    second = region("AG", "268", r"268\d{7}", mobile=r"2684\d{6}", fixed=r"2685\d{6}")
    last = region("CA", None, r"[2-8]\d{9}", fixed=r"[2-9]\d{9}")
    return compile_plan([first, second, last], ZONES)


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (2_062_661_234, PhoneClass("fixed_or_mobile", "US", ("A",))),
        (2_062_671_234, PhoneClass("fixed_or_mobile", "US", ("B", "C"))),
        (2_072_671_234, PhoneClass("mobile", "US", ("A", "B"))),
        (8_002_671_234, PhoneClass("toll_free", "US", ("A", "B"))),
        (2_684_111_111, PhoneClass("mobile", "AG", ("A", "B"))),
        (2_685_111_111, PhoneClass("fixed", "AG", ("A", "B"))),
        (2_686_111_111, INVALID),
        (3_062_671_234, PhoneClass("fixed", "CA", ("A", "B"))),
        (9_062_671_234, INVALID),
        (62_671_234, INVALID),
    ],
)
def test_region_type_and_zones(plan: Plan, number: int, expected: PhoneClass | int) -> None:
    assert told(plan, number) == expected


def test_where_seven_digits_do_not_decide_the_library_is_asked() -> None:
    made = compile_plan([region("US", None, r"[2-9]\d{9}", fixed=r"206\d{6}[0-4]", mobile=r"207\d{7}")], ZONES)
    assert told(made, 2_062_671_234) == ASK
    assert isinstance(told(made, 2_072_671_234), PhoneClass)


def test_the_library_decides_by_seven_digits_and_knows_no_other_lengths() -> None:
    made = compile_plan()
    assert not (made.entries == ASK).any()
    assert made.ten_only
    assert library_exceptions() == SHORT
    assert np.count_nonzero(made.entries) > 3_000_000
