from __future__ import annotations

import re

import pyarrow as pa

from skiptrace.export.masking import is_personal, masked
from skiptrace.export.profiles import load_profile, load_profiles
from skiptrace.export.write import parts
from tests.report.sample import AS_OF, tables


def test_no_personal_value_is_shown_whole() -> None:
    run = tables(60)
    values = {value for name in ("first_name", "last_name") for value in run["accounts"][name].to_pylist()}
    values |= set(run["contact_points"]["value"].to_pylist())
    for profile in load_profiles().values():
        (part,) = parts(profile, run, AS_OF)
        shown = {cell for row in masked(profile, part.cells) for cell in row}
        assert not shown & values, profile.name
        assert not {cell for cell in shown if re.fullmatch(r"\+?1?509555\d{4}", cell)}, profile.name


def test_what_a_person_needs_to_judge_a_file_is_shown() -> None:
    profile = load_profile("five9")
    hidden = {column.name: is_personal(column) for column in profile.columns}
    assert (hidden["number{n}"], hidden["total_balance"], hidden["first_name"], hidden["conditions"]) == (True, True, True, False)
    row = pa.table({header: ["+15095550134"] for header in profile.headers})
    assert masked(profile, row)[0][0] == "+1" + "•" * 10
