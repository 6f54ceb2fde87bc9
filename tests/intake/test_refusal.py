from __future__ import annotations

from skiptrace.intake.refusal import REASONS, TOLD, refused, too_many_bad
from skiptrace.kernels.text_records import RAGGED, TOO_LONG
from skiptrace.store.inputs import InputFile

FILE = InputFile("tape.csv", "/x/tape.csv", 1, "csv")


def test_every_reason_is_explained_and_has_its_number() -> None:
    assert set(TOLD) == set(REASONS) - {""}
    assert (REASONS[RAGGED], REASONS[TOO_LONG]) == ("ragged", "line_too_long")


def test_a_refusal_says_where_what_and_how_to_mend() -> None:
    assert "tape.csv: line 3: is odd — mend it" in str(refused(FILE, "is odd", "mend it", 3))
    said = str(too_many_bad(FILE, 1000, {"ragged": 20, "nul_byte": 1}, (7, "ragged"), 0.01))
    assert "line 7: has another number of cells" in said
    assert "21 of 1,000 rows cannot be read (nul_byte 1, ragged 20), and limits.bad_rows is 0.01" in said
