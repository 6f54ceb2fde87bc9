"""The shipped table is that of the installed phone library: compiled anew and compared whole, and asked number by number."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import numpy.typing as npt
import phonenumbers
import pytest
from phonenumbers import PhoneNumber, PhoneNumberType, timezone

from skiptrace.errors import ConfigError
from skiptrace.normalize import phone_table as module
from skiptrace.normalize.phone_plan import ASK, FIRST, PhoneClass, Plan, compile_plan
from skiptrace.normalize.phone_table import NAME, fold_plan, phone_table, read_plan, shipped_release, write_plan
from skiptrace.normalize.words import read_lists, read_rows
from skiptrace.plugins import rules_root

KINDS = {
    PhoneNumberType.FIXED_LINE: "fixed", PhoneNumberType.MOBILE: "mobile", PhoneNumberType.TOLL_FREE: "toll_free",
    PhoneNumberType.FIXED_LINE_OR_MOBILE: "fixed_or_mobile", PhoneNumberType.PREMIUM_RATE: "premium",
    PhoneNumberType.SHARED_COST: "shared_cost", PhoneNumberType.VOIP: "voip", PhoneNumberType.PERSONAL_NUMBER: "personal",
    PhoneNumberType.PAGER: "pager", PhoneNumberType.UAN: "uan", PhoneNumberType.VOICEMAIL: "voicemail",
}  # fmt: skip


def of_the_library(number: int) -> PhoneClass | None:
    """By the library alone; None for an invalid number."""
    found = PhoneNumber(country_code=1, national_number=number)
    if not phonenumbers.is_valid_number(found):
        return None
    zones = sorted({*timezone.time_zones_for_number(found)} - {timezone.UNKNOWN_TIMEZONE})
    return PhoneClass(KINDS[phonenumbers.number_type(found)], str(phonenumbers.region_code_for_number(found)), tuple(zones))


def of_the_table(number: int) -> PhoneClass | None:
    table = phone_table()
    entry = int(table.rows[table.area[number // 10**7], number // 1000 % 10**4])
    assert entry != ASK
    return table.classes[entry - FIRST] if entry >= FIRST else None


def meanings(plan: Plan) -> npt.NDArray[np.int64]:
    """The entries by the sorted order of what they mean, so that plans whose classes are counted otherwise compare."""
    order = {found: place for place, found in enumerate(sorted(plan.classes), start=2)}
    return np.array([0, 1, *(order[found] for found in plan.classes)])[plan.entries]


def differing(numbers: list[int]) -> list[int]:
    return [number for number in numbers if of_the_table(number) != of_the_library(number)]


def test_the_shipped_table_is_of_the_installed_release() -> None:
    assert shipped_release() == phonenumbers.__version__, "run `make phone-table` and read the difference"


def test_the_shipped_table_is_what_the_installed_library_compiles_to() -> None:
    shipped, compiled = read_plan(), compile_plan()
    assert sorted(shipped.classes) == sorted(compiled.classes)
    assert (meanings(shipped) == meanings(compiled)).all()


def test_the_shipped_files_are_what_the_command_writes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    module.main(tmp_path)
    for name in (f"{NAME}.csv", f"{NAME}.toml"):
        assert (tmp_path / name).read_bytes() == (rules_root() / "words" / name).read_bytes()
    assert phonenumbers.__version__ in capsys.readouterr().out


def test_numbers_drawn_at_random() -> None:
    draw = random.Random(11)
    assert differing([draw.randrange(10**9, 10**10) for _ in range(8_000)]) == []
    areas = np.flatnonzero(phone_table().area).tolist()
    assert differing([draw.choice(areas) * 10**7 + draw.randrange(2_000_000, 10**7) for _ in range(6_000)]) == []


def test_both_sides_of_boundaries() -> None:
    edges = np.flatnonzero(np.diff(read_plan().entries)) * 1000 + 999
    edges = edges[edges >= 10**9]
    draw = random.Random(12)
    chosen = [int(edge) + step for edge in draw.sample(edges.tolist(), 2_500) for step in (0, 1)]
    assert differing(chosen) == []


@pytest.mark.slow
def test_every_boundary_and_every_area_code() -> None:
    edges = np.flatnonzero(np.diff(read_plan().entries)) * 1000 + 999
    whole = [int(edge) + step for edge in edges for step in (0, 1)]
    draw = random.Random(13)
    whole += [area * 10**7 + draw.randrange(10**7) for area in range(100, 1000) for _ in range(60)]
    assert differing([number for number in whole if number >= 10**9]) == []


def test_equal_area_codes_share_a_row() -> None:
    table = phone_table()
    assert table.rows.shape[0] < 200
    assert len(np.unique(table.rows, axis=0)) == len(table.rows)
    assert (table.rows[table.area].ravel() == read_plan().entries).all()


def test_under_another_release_the_table_is_compiled_from_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(phonenumbers, "__version__", "0.0.0")
    made = phone_table.__wrapped__()
    assert (meanings(Plan(made.rows[made.area].ravel(), made.classes)) == meanings(read_plan())).all()


def test_a_plan_that_the_files_cannot_say_is_not_written(tmp_path: Path) -> None:
    entries = np.zeros(10**7, np.uint16)
    entries[5] = ASK
    with pytest.raises(ValueError, match="cannot say so"):
        write_plan(Plan(entries, ()), tmp_path)
    with pytest.raises(ValueError, match="cannot say so"):
        write_plan(Plan(np.zeros(10**7, np.uint16), (), ten_only=False), tmp_path)
    assert list(tmp_path.iterdir()) == []
    assert not fold_plan(Plan(entries, (), ten_only=False)).ten_only


@pytest.mark.parametrize(
    "row", ["2000000,1999999,fixed,US,0", "2000000,2009999,fixed,US,999", "x,2009999,fixed,US,0", "0000001,99999999,fixed,US,0"]
)
def test_a_damaged_table_is_said_with_its_line(row: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = tmp_path / "words"
    words.mkdir()
    (words / f"{NAME}.toml").write_text('phonenumbers = "1"\nzones = [["America/Chicago"]]\n')
    (words / f"{NAME}.csv").write_text(f"first,last,kind,region,zones\n1000000,1000009,fixed,US,0\n{row}\n")
    monkeypatch.setattr("skiptrace.normalize.words.rules_root", lambda: tmp_path)
    read_lists.cache_clear()
    read_rows.cache_clear()
    try:
        with pytest.raises(ConfigError, match="line 3"):
            read_plan()
    finally:
        read_lists.cache_clear()
        read_rows.cache_clear()
