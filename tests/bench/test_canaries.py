from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench import canaries
from tests.bench.canaries import SCENES, Stage, hits, left_behind, made, played


@pytest.mark.slow
@pytest.mark.parametrize(("name", "code"), [("success", 0), ("a bug with a value in its text", 1), ("a mapping that raises values", 2)])
def test_no_value_is_where_it_is_not_meant_to_be(tmp_path: Path, name: str, code: int) -> None:
    assert played(name, tmp_path) == (code, [])


def test_twenty_kinds_of_failure_are_played() -> None:
    assert len(SCENES) > 21


def test_a_value_in_any_other_place_is_a_hit_and_a_number_is_one_in_every_place(tmp_path: Path) -> None:
    stage: Stage = made(tmp_path)
    assert hits(stage) == []
    table = stage.project / ".skiptrace" / "deliveries" / "part.arrow"
    table.parent.mkdir(parents=True)
    table.write_text("QUACKENBUSH")
    assert hits(stage) == []
    table.write_text("QUACKENBUSH 219094417")
    (tmp_path / "stderr").write_text("line 3: zephyrine is no date")
    (stage.project / "receipt-Vanderschnell.json").write_text("{}")
    assert hits(stage) == [
        "project/.skiptrace/deliveries/part.arrow: number", "project/receipt-Vanderschnell.json: 1 values", "stderr: 1 values",
    ]  # fmt: skip


def test_what_is_left_in_temporary_folders_and_spilled_is_told(tmp_path: Path) -> None:
    stage = made(tmp_path)
    for place in (tmp_path / "tmp" / "a", tmp_path / "here" / ".tmp" / "b", stage.project / ".skiptrace" / "spill" / "x" / "c"):
        place.parent.mkdir(parents=True)
        place.write_bytes(b"")
    assert left_behind(stage) == ["here/.tmp/b", "project/.skiptrace/spill/x/c", "tmp/a"]
    assert canaries.SECONDS > 60
