"""Project files that would hang, fill or deceive the program: each is exit code 2, at once, with the place and the mend."""

from __future__ import annotations

import time
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest

from skiptrace.errors import ConfigError, DataRefused
from skiptrace.intake.gate import Gate
from skiptrace.project.limits import Limits
from skiptrace.project.loading import load
from skiptrace.store.inputs import expand
from skiptrace.store.places import place_of
from tests.intake.files import workbook

PROJECT = """version = 1
[project]
name = "x"
purposes = ["fcra.collection"]
[portfolio]
path = "portfolio.csv"
[portfolio.columns]
account_id = "account_id"
"""
ENTITIES = "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
LAUGHS = f'<!DOCTYPE lolz [<!ENTITY a "lol">{ENTITIES}]>'


def refused(folder: Path, text: str) -> str:
    """What is said of a project file that must be refused within a second."""
    (folder / "skiptrace.toml").write_text(text, encoding="utf-8")
    begun = time.process_time()
    with pytest.raises(ConfigError) as caught:
        load(folder, {})
    assert time.process_time() - begun < 1
    assert caught.value.exit_code == 2
    assert all(problem.what for problem in caught.value.problems)
    return str(caught.value)


def test_53_entities_that_expand_are_no_toml(tmp_path: Path) -> None:
    assert "is not valid TOML" in refused(tmp_path, '<?xml version="1.0"?>' + LAUGHS + "<lolz>&i;</lolz>")
    assert "is not valid TOML" in refused(tmp_path, "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n")


def test_53_entities_that_expand_in_a_workbook_are_not_expanded(tmp_path: Path) -> None:
    """A workbook is the one place where XML comes in; it is read with the limits of every file."""
    (tmp_path / "plain.xlsx").write_bytes(workbook([["a", "b"], ["1", "2"]]))
    with zipfile.ZipFile(tmp_path / "plain.xlsx") as plain, zipfile.ZipFile(tmp_path / "a.xlsx", "w", zipfile.ZIP_DEFLATED) as book:
        for name in plain.namelist():
            text = plain.read(name).decode()
            if name.endswith("sheet1.xml"):
                head, _, rest = text.partition("?>")
                text = head + "?>" + LAUGHS + rest.replace(">1<", ">&amp;&i;<")
            book.writestr(name, text)
    begun = time.monotonic()
    with Gate(Limits()) as gate, suppress(DataRefused):
        gate.admit(expand("a.xlsx", tmp_path), None)
    assert time.monotonic() - begun < 20


@pytest.mark.parametrize(
    "text", ["a = " + "[" * 20_000 + "]" * 20_000, "a" + ".a" * 20_000 + " = 1", "[a" + ".a" * 400_000 + "]", "a = " + "{a = " * 20_000]
)
def test_54_nesting_is_measured_before_it_is_parsed(tmp_path: Path, text: str) -> None:
    assert "line 1: is nested deeper than 12 levels" in refused(tmp_path, text)


def test_54_a_file_of_more_than_a_megabyte_is_not_read(tmp_path: Path) -> None:
    assert "is larger than 1 MiB" in refused(tmp_path, "#" * (1 << 20) + "\n" + PROJECT)


def test_55_an_object_of_a_language_is_no_value(tmp_path: Path) -> None:
    said = refused(tmp_path, PROJECT + "[runtime]\nscheduler = !!python/object/apply:os.system ['touch made']\n")
    assert "line 10" in said
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize("more", ['[project]\nname = "y"\n', "[portfolio.columns]\nphone = 'p'\n", "version = 1\n"])
def test_56_a_key_or_table_that_is_there_twice_is_refused_with_its_line(tmp_path: Path, more: str) -> None:
    text = more + PROJECT if more.startswith("version") else PROJECT + more
    assert "there twice" in refused(tmp_path, text)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("name = NO", "line 3"),
        ("name = 0123", "line 3"),
        ("name = 1234", "must be text in quotes"),
        ("name = false", "must be text in quotes"),
    ],
)
def test_57_a_word_or_number_without_quotes_is_no_text(tmp_path: Path, line: str, said: str) -> None:
    assert said in refused(tmp_path, PROJECT.replace('name = "x"', line))


@pytest.mark.parametrize(
    "more",
    [
        '[[export]]\nname = "../../out"\nprofile = "csv"\n', '[[export]]\nname = "/etc/out"\nprofile = "csv"\n',
        '[[export]]\nname = "out"\nprofile = "../../../etc/passwd"\n',
        '[[source]]\nname = "../x"\npath = "a.csv"\nkind = "other"\npurposes = ["other"]\n[source.columns]\nrecord_id = "id"\n',
        '[[export]]\nname = "a\\u0000b"\nprofile = "csv"\n', '[[export]]\nname = ".hidden"\nprofile = "csv"\n',
    ],
)  # fmt: skip
def test_58_a_name_that_would_be_a_path_is_refused(tmp_path: Path, more: str) -> None:
    refused(tmp_path, PROJECT + more)


def test_58_a_store_that_leads_upward_is_refused() -> None:
    with pytest.raises(ConfigError, match="leads upward"):
        place_of("s3://bucket/a/../../other")
