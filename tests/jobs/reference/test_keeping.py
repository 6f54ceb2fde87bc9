from __future__ import annotations

from pathlib import Path

import pytest

from jobs import retained
from jobs.reference.keeping import kept, of_table, read, tables
from skiptrace.errors import ConfigError
from skiptrace.plugins import rules_root
from skiptrace.schema import EVIDENCE_NAMES, PUBLISHED_NAMES
from tests.architecture.test_tree import command_line, unknown_words

FILE = rules_root() / "retention" / "keeping.toml"


def places() -> list[str]:
    """Names at the top of `.skiptrace` that the data speaks of."""
    words = [word for one in kept() for word in one.place.split(", ")]
    return [word.removeprefix(".skiptrace/") for word in words if "skiptrace" in word or word.startswith("audit")]


def test_every_table_of_the_schema_has_a_place_and_an_end() -> None:
    assert len(tables()) > 30
    assert [name for name in tables() if not of_table(name)] == []


def test_tables_of_a_run_end_as_retention_does_it() -> None:
    ends = {one.place: set(one.tables) for one in kept() if one.place.startswith("runs/RUN/") and one.tables}
    assert ends["runs/RUN/EVIDENCE"] == set(retained.EVIDENCE)
    assert ends["runs/RUN/TABLE"] | ends["runs/RUN/EVIDENCE"] == {*PUBLISHED_NAMES, *EVIDENCE_NAMES}


def test_everything_that_a_run_leaves_in_the_private_folder_is_told(tiny_night: Path) -> None:
    there = {place.name for place in (tiny_night / ".skiptrace").iterdir()}
    assert len(there) > 8
    assert there - set(places()) == set()


def test_everything_that_a_run_leaves_beside_its_tables_is_told(tiny_night: Path) -> None:
    beside = {"exports", "run.json", "rulebook.json", "report.html"}
    found = {place.name for place in next((tiny_night / "runs").glob("2*")).iterdir()}
    assert found - {*PUBLISHED_NAMES, *EVIDENCE_NAMES} == beside
    assert all(any(name in one.place for one in kept()) for name in beside)


def test_whatever_holds_values_of_persons_is_ended_by_a_command_that_is_there() -> None:
    group = command_line()
    for one in kept():
        assert one.ended_by or one.person != "values" or one.place.startswith("elsewhere"), one.place
        for command in one.ended_by:
            assert command.startswith("skiptrace ")
            assert unknown_words(command.split()[1:], group) == [], command


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ('"tape", ', "", "tape: lies nowhere: nobody says how long it is kept"), ('"tape"', '"tap"', "tap: is no table of the schema"),
        ('person = "values"', 'person = "some"', "kept 1: has a text that is none"), ('until  = "', 'till  = "', "kept 1: must have"),
        ('tables = ["accounts"', 'tables = [1, "accounts"', "kept 1: has tables or ended_by"),
    ],
)  # fmt: skip
def test_what_is_not_told_is_refused(tmp_path: Path, old: str, new: str, what: str) -> None:
    file = tmp_path / "keeping.toml"
    file.write_text(FILE.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ConfigError, match="not told of everything") as caught:
        read(file)
    assert any(what in str(problem) for problem in caught.value.problems)
