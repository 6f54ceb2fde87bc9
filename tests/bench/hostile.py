"""The table of hostile inputs, case by case: `make hostile`. A case holds where every test that has its number in its name passes."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.bench.report import Figure, print_bench

ROOT = Path(__file__).resolve().parents[2]
CASES = 60
FILES = ("tests/intake/test_hostile_files.py", "tests/hostile")
NAMED_OTHERWISE = {15: "tests/intake/test_delivery.py::test_files_of_one_delivery_must_fit_together"}
"""Cases whose tests stand among those of a module."""


def cases_of(test: str) -> set[int]:
    """The cases that a test is of: the numbers its name begins with, or the one its parameters begin with."""
    found = {case for case, name in NAMED_OTHERWISE.items() if test.startswith(name)}
    _, _, name = test.rpartition("::")
    head = re.match(r"test((?:_\d+)+)_", name)
    if head:
        found |= {int(number) for number in head[1].split("_")[1:] if int(number) <= CASES}
    elif name.startswith("test_what_must_be_refused["):
        number = re.match(r"test_what_must_be_refused\[(\d+) ", name)
        found |= {int(number[1])} if number else set()
    return found


def held(outcomes: Iterable[tuple[str, str]]) -> dict[int, bool]:
    """Of each case that has tests, whether all of them passed. outcomes: a test's id, and passed, failed or skipped."""
    found: dict[int, list[bool]] = defaultdict(list)
    for test, outcome in outcomes:
        for case in cases_of(test):
            found[case].append(outcome == "passed")
    return {case: all(passed) for case, passed in sorted(found.items())}


class _Seen:
    def __init__(self) -> None:
        self.outcomes: dict[str, str] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" or report.outcome != "passed":
            self.outcomes[report.nodeid] = report.outcome


def main() -> None:
    """Run the tests, print what does not hold, and the figure."""
    seen = _Seen()
    places = [str(ROOT / name) for name in (*FILES, *NAMED_OTHERWISE.values())]
    pytest.main(["-q", "-p", "no:cacheprovider", "--no-header", f"--rootdir={ROOT}", *places], plugins=[seen])
    cases = held(seen.outcomes.items())
    for case in range(1, CASES + 1):
        if not cases.get(case):
            print(f"case {case}: {'does not hold' if case in cases else 'has no test'}")
    print_bench("hostile", [Figure("hostile inputs with the expected outcome", sum(cases.values()), f"of {CASES} cases", CASES)])


if __name__ == "__main__":
    main()
