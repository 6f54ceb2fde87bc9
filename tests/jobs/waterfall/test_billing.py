from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from jobs.waterfall import acting
from jobs.waterfall.billing import amount_given, amount_of
from skiptrace.errors import ConfigError, DataRefused
from skiptrace.project import PRIVATE
from tests.jobs.projects import copy_of
from tests.jobs.waterfall.vendors import NOW, state_of

OWED = Decimal("1.75")  # 11 records for 0.05, 6 hits for 0.20


@pytest.fixture
def answered(read_run: Path, tmp_path: Path) -> Path:
    return copy_of(read_run, tmp_path / "answered")


def request_of(project: Path) -> str:
    return str(next(iter(state_of(project)["requests"])))


def bill(project: Path, text: str, accepted: tuple[str, str] | None = None) -> list[dict[str, object]]:
    file = project / "bill.csv"
    file.write_text(text)
    return acting.bill_file(project, file, None, NOW, accepted)


def test_a_bill_that_matches_is_booked_once(answered: Path) -> None:
    name = request_of(answered)
    text = f"request,amount,records,hits\n{name},1.75,11,6\n"
    (line,) = bill(answered, text)
    assert (line["amount"], line["owed"], line["booked_before"]) == (OWED, OWED, False)
    before = state_of(answered)
    (line,) = bill(answered, text)
    assert line["booked_before"]
    assert state_of(answered) == before
    assert acting.status(answered, None, NOW)["requests"][0]["billed"] == OWED


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{name},2.25,11,6", "bills 2.25 and 1.75 is owed: 11 records, 6 hits, 0 successes"),
        ("{name},1.75,11,7", "bills 7 hits, and the ledger has 6"),
        ("premium-ffffffffffff,1.75,,", "is of no request of this project"),
        ("{name},1.75,11,6\n{name},0.10,,", "row 2: bills {name} twice"),
    ],
)  # fmt: skip
def test_a_bill_that_does_not_match_is_told_line_by_line_and_nothing_of_it_is_booked(answered: Path, text: str, said: str) -> None:
    name = request_of(answered)
    with pytest.raises(DataRefused) as caught:
        bill(answered, "request,amount,records,hits\n" + text.format(name=name) + "\n")
    assert said.format(name=name) in str(caught.value)
    assert state_of(answered)["bills"] == []


def test_a_bill_that_differs_is_booked_on_somebodys_word_and_counts_as_spent(answered: Path) -> None:
    name = request_of(answered)
    bill(answered, f"request,amount\n{name},2.25\n", ("M. Quill", "agreed by letter"))
    (booked,) = state_of(answered)["bills"]
    assert (booked["by"], booked["reason"]) == ("M. Quill", "agreed by letter")
    assert "waterfall bill --accept" in (answered / PRIVATE / "audit.jsonl").read_text()
    assert acting.status(answered, None, NOW)["spent"] == Decimal("2.25")


def test_what_was_billed_before_counts_and_one_request_may_be_billed_on_the_command_line(answered: Path) -> None:
    name = request_of(answered)
    acting.bill_line(answered, name, "1.75", None, None, NOW, None)
    with pytest.raises(DataRefused, match=r"1.75 billed before"):
        acting.bill_line(answered, name, "0.50", None, None, NOW, None)


@pytest.mark.parametrize("text", ["request\nx\n", "request,amount\nx,much\n", "request,amount\nx,-1\n", "request,amount\n"])
def test_what_is_no_bill_is_refused(answered: Path, text: str) -> None:
    with pytest.raises(DataRefused):
        bill(answered, text)


def test_amounts_are_exact() -> None:
    assert amount_of(" 1,204.50 ") == Decimal("1204.50")
    for wrong in ("1.234567", "nan", "-2", "x"):
        with pytest.raises(ConfigError, match="is no amount of money"):
            amount_given(wrong)
