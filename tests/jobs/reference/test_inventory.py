from __future__ import annotations

import typing

from jobs.reference.inventory import PERSONAL, carried, half, page
from jobs.reference.keeping import kept, tables
from skiptrace.export.masking import is_personal
from skiptrace.export.profiles import load_profiles
from skiptrace.schema.table import Privacy


def test_every_column_has_a_class_and_every_personal_one_stands_in_the_page() -> None:
    text = page()
    for name, table in tables().items():
        assert all(column.privacy in typing.get_args(Privacy) for column in table.columns), name
        mine = [column for column in table.columns if column.privacy in PERSONAL]
        if mine:
            part = text.split(f"### `{name}`\n", 1)[1].split("\n### ", 1)[0].split("\n## ", 1)[0]
            for column in mine:
                assert f"| `{column.name}` | {column.privacy} | {half(column)} |" in part, (name, column.name)


def test_every_place_stands_in_the_page_with_its_end() -> None:
    text = page()
    assert [one.place for one in kept() if f"| {one.place} | {one.what} |" not in text or one.until not in text] == []


def test_exports_carry_names_and_points_and_nothing_sensitive() -> None:
    found = carried()
    assert {"five9", "letter_vendor", "csv"} <= found["accounts", "last_name"]
    assert found["contact_points", "street"] >= {"letter_vendor"}
    sensitive = {(name, column.name) for name, table in tables().items() for column in table.columns if column.privacy == "sensitive"}
    assert sensitive & {key for key, profiles in found.items() if profiles} == set()


def test_every_personal_column_of_a_profile_stands_with_its_need() -> None:
    text = page()
    for profile in load_profiles().values():
        for column in profile.columns:
            if is_personal(column):
                assert f"| {profile.name} | {column.name} | {column.need} |" in text
