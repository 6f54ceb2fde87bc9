from __future__ import annotations

from jobs.reference import errors
from jobs.reference.commands import codes
from jobs.reference.raised import findings


def test_every_exit_code_that_a_person_can_mend_has_its_messages() -> None:
    page = errors.page()
    heads = [line for line in page.splitlines() if line.startswith("## Exit code")]
    assert {code for code in codes() if any(str(code) in head.split() for head in heads)} == set(codes()) - {0, 1}
    assert all(f"{code}: {codes()[code]}" in page for code in (2, 3, 69, 75, 78))


def test_what_has_several_mends_has_one_row_and_bugs_have_none() -> None:
    lines = [line for line in errors.page().splitlines() if line.startswith("| ")]
    heads = [tuple(line.split(" | ")[:2]) for line in lines if "what is wrong" not in line]
    assert len(lines) > 300
    assert len(set(heads)) > 0.95 * len(heads)  # the same may be told with two exit codes
    assert any("; or: " in line for line in lines)
    bugs = [one for one in findings() if one.codes == (1,) and "cause" not in one.what]
    assert not any(f"| {one.what} |" in line for one in bugs for line in lines if len(one.what) > 10)


def test_a_row_keeps_its_three_cells() -> None:
    assert all(line.replace("\\|", "").count("|") == 4 for line in errors.page().splitlines() if line.startswith("| "))
