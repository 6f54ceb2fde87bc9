from __future__ import annotations

import pytest

from skiptrace.export.limits import Limits, broken_by_headers, read_limits


def test_limits_are_read_and_wrong_ones_named() -> None:
    assert read_limits({"columns": 3, "printable_ascii": True}) == (Limits(columns=3, printable_ascii=True), [])
    wrong = {"colums": 3, "rows_per_file": 0, "header_case": "upper", "header_pattern": "(", "printable_ascii": 1, "cell_chars": "9"}
    assert {key for key, _, _ in read_limits(wrong)[1]} == set(wrong)


@pytest.mark.parametrize(
    ("limits", "headers", "broken"),
    [
        (Limits(), ["A" * 999], []),
        (Limits(columns=2), ["a", "b"], []),
        (Limits(columns=2), ["a", "b", "c"], ["columns"]),
        (Limits(header_chars=3), ["abc", "abcd"], ["abcd"]),
        (Limits(header_case="lower"), ["abc", "Abc"], ["Abc"]),
        (Limits(header_pattern="_[A-Z][a-z]*"), ["_Ab", "Ab"], ["Ab"]),
    ],
)
def test_each_limit_binds_headers_at_its_edge(limits: Limits, headers: list[str], broken: list[str]) -> None:
    assert [key for key, _, _ in broken_by_headers(limits, headers)] == broken
