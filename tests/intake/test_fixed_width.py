from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skiptrace.errors import DataRefused
from skiptrace.intake.reading import describe, read, read_rows
from skiptrace.project.form import Form, FormField
from skiptrace.project.limits import Limits
from tests.intake.files import written

FIELDS = (FormField(name="id", start=1, width=3), FormField(name="name", start=4, width=5), FormField(name="zip", start=9, width=5))
FORM = Form(format="fixed", fields=FIELDS)


def test_fields_are_cut_and_stay_text(tmp_path: Path) -> None:
    file = written(tmp_path, b"001ANN  01002\r\n002     98101\r\n", "tape.dat")
    assert describe(file, FORM).columns.names == ["id", "name", "zip"]
    assert read(file, slice(0, 2), form=FORM).to_pylist() == [
        {"id": "001", "name": "ANN", "zip": "01002"},
        {"id": "002", "name": None, "zip": "98101"},
    ]
    assert read(file, slice(1, 2), ["zip"], FORM).to_pylist() == [{"zip": "98101"}]


def test_positions_are_characters_once_the_encoding_is_declared(tmp_path: Path) -> None:
    lines = "001JOSÉ 01002\n002ANN  01003\n"
    for encoding in ("utf-8", "cp1252", "utf-16"):
        form = FORM.model_copy(update={"encoding": encoding})
        table = read(written(tmp_path, lines.encode(encoding), "tape.dat"), slice(0, 2), form=form)
        assert table["name"].to_pylist() == ["JOSÉ", "ANN"]
        assert table["zip"].to_pylist() == ["01002", "01003"]


def test_a_line_one_character_short_is_rejected_with_its_line(tmp_path: Path) -> None:
    file = written(tmp_path, b"001ANN  01002\n" * 3 + b"002BOB 01002\n" + b"003CAL  01002\n", "tape.dat")
    rows = read_rows(file, slice(0, 5), None, FORM, Limits(bad_rows=0.5))
    assert rows.numbers.to_pylist() == [1, 2, 3, 5]
    assert rows.bad.to_pylist() == [{"row": 4, "line": 4, "reason": "wrong_length"}]
    with pytest.raises(DataRefused, match=r"line 4: has another length than the layout; 1 of 5 rows.*limits\.bad_rows is 0\.01"):
        describe(file, FORM)


def test_a_longer_line_needs_its_length_declared(tmp_path: Path) -> None:
    file = written(tmp_path, b"001ANN  01002 rest\n", "tape.dat")
    assert describe(file, FORM.model_copy(update={"length": 18})).rows == 1
    with pytest.raises(DataRefused, match="another length"):
        describe(file, FORM)


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), max_size=5), max_size=8))
def test_it_cuts_as_python_cuts(tmp_path_factory: pytest.TempPathFactory, names: list[str]) -> None:
    text = "".join(f"{number:03d}{name:<5}{'98101'}\n" for number, name in enumerate(names))
    if not text:
        return
    table = read(written(tmp_path_factory.mktemp("fixed"), text.encode(), "tape.dat"), slice(0, len(names)), form=FORM)
    assert table["name"].to_pylist() == [line[3:8].strip() or None for line in text.split("\n")[:-1]]
