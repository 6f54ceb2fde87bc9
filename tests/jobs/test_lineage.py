from __future__ import annotations

from pathlib import Path

import pytest

from jobs.lineage import bases, limits, may_leave, told
from skiptrace.errors import ConfigError
from skiptrace.project import Project, load
from skiptrace.rulebook.loading import load as load_rulebook
from tests.jobs.tiny import make_tiny

MORE = """[[source]]
name = "moves"
path = "moves.csv"
kind = "ncoa"
purposes = ["ncoa.mailing_list_hygiene", "public_record"]
exports = ["letters"]
[source.columns]
record_id = "id"
[[export]]
name = "letters"
profile = "letter_vendor"
purposes = ["ncoa.mailing_list_hygiene"]
"""


def project(tmp_path: Path, more: str = MORE) -> Project:
    file = make_tiny(tmp_path / "project") / "skiptrace.toml"
    text = file.read_text(encoding="utf-8")
    text = text.replace('purposes = ["fcra.collection"]', 'purposes = ["fcra.collection", "ncoa.mailing_list_hygiene"]', 1)
    file.write_text(text + more, encoding="utf-8")
    return load(file, {})


def test_each_source_tells_what_it_permits_here(tmp_path: Path) -> None:
    found = {basis.source: basis for basis in bases(project(tmp_path), load_rulebook())}
    assert list(found) == ["portfolio", "header", "calls", "moves"]
    assert found["portfolio"].purposes == ("fcra.collection", "ncoa.mailing_list_hygiene")
    assert (found["header"].purposes, found["header"].exports) == (("fcra.collection",), ("plain",))
    assert (found["moves"].purposes, found["moves"].channels) == (("ncoa.mailing_list_hygiene",), ("mail",))
    assert found["moves"].exports == ("letters",)


def test_those_that_are_named_come_alone(tmp_path: Path) -> None:
    found = bases(project(tmp_path), load_rulebook(), {"portfolio", "moves", "gone"})
    assert [basis.source for basis in found] == ["portfolio", "moves"]


def test_a_source_leaves_where_its_entry_and_the_purposes_of_the_export_let_it(tmp_path: Path) -> None:
    made = project(tmp_path)
    plain, letters = made.export
    header, _, moves = made.source
    assert [may_leave(source, export) for source in (header, moves) for export in (plain, letters)] == [True, False, False, True]
    assert limits(made, letters) == {"note": None, "header": (), "calls": (), "moves": ("letters",)}
    assert limits(made, plain) == {"note": None, "header": None, "calls": None, "moves": ()}


def test_a_manifest_tells_purposes_and_who_may_leave(tmp_path: Path) -> None:
    made = project(tmp_path)
    said = told(made, made.export[1], load_rulebook())
    assert said["for"] == ["ncoa.mailing_list_hygiene"]
    assert {one["source"]: one["leaves"] for one in said["sources"]} == {"portfolio": True, "header": False, "calls": False, "moves": True}
    assert told(made, made.export[0], load_rulebook())["for"] == ["fcra.collection", "ncoa.mailing_list_hygiene"]


def test_an_export_is_made_for_purposes_of_the_project_alone(tmp_path: Path) -> None:
    wrong = MORE.replace('profile = "letter_vendor"\npurposes = [', 'profile = "letter_vendor"\npurposes = ["public_record", ')
    with pytest.raises(ConfigError, match=r"export\[2\]\.purposes .*is no purpose of the project"):
        project(tmp_path, wrong)
