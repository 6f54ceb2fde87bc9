from __future__ import annotations

from skiptrace.export.model import Profile, ProfileColumn


def test_columns_with_slots_that_stand_together_are_told_slot_by_slot() -> None:
    names = [("id", 0), ("phone{n}", 0), ("zone{n}", 0), ("alt", 2), ("end", 0)]
    columns = tuple(ProfileColumn(name, "phone", "phone", "x", slot=slot) for name, slot in names)
    profile = Profile("x", "x", "csv", "wide", {}, columns, "f", row="consumer", slots=2)
    assert profile.headers == ("id", "phone1", "zone1", "phone2", "zone2", "alt", "end")
    assert [slot for _, _, slot in profile.cells] == [0, 1, 1, 2, 2, 2, 0]
    assert [column.slotted for column in columns] == [False, True, True, True, False]
