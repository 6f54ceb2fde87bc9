from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from skiptrace.errors import ConfigError
from skiptrace.export.masking import is_personal
from skiptrace.export.profiles import load_profile, load_profiles

COLUMN = (
    '[[column]]\nname = "{name}"\nexpression = "{expression}"\ngrammar = "{grammar}"\nsentence = "Something."\n'
    'need = "Tests ask for it."\n'
)
HEAD = 'sentence = "A file."\nformat = "csv"\nshape = "long"\n'


def _file(folder: Path, text: str, name: str = "vendor.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def _column(name: str = "account", expression: str = "account_id", grammar: str = "text") -> str:
    return COLUMN.format(name=name, expression=expression, grammar=grammar)


def _complaints(*files: Path) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load_profiles(files)
    return [str(problem) for problem in caught.value.problems]


def test_the_shipped_profiles_load_and_name_no_identifier_of_a_person() -> None:
    profiles = load_profiles()
    assert {"csv", "parquet"} <= set(profiles)
    filled = [column for profile in profiles.values() for column in profile.columns if column.expression != "''"]
    named = {column.name for column in filled}
    assert not [name for name in named if "ssn" in name or "dob" in name or "birth" in name]
    assert profiles["csv"].options["spreadsheet_safe"] is True


def test_every_personal_column_of_a_shipped_profile_says_why_its_receiver_needs_it() -> None:
    columns = [(profile.name, column) for profile in load_profiles().values() for column in profile.columns]
    told = {(profile, column.name): column.need for profile, column in columns if is_personal(column)}
    assert len(told) > 100
    assert [key for key, need in told.items() if not need.endswith(".") or len(need.split()) < 4] == []


@pytest.mark.parametrize("expression", ["last_name", "substr(PHONE, 3)", "concat(home_city, state)", "balance * 2"])
def test_a_profile_that_takes_a_person_s_data_without_a_need_is_refused(tmp_path: Path, expression: str) -> None:
    text = _column(expression=expression)
    assert load_profiles([_file(tmp_path, HEAD + text)])
    for need in ("", 'need = ""', 'need = "because"'):
        said = _complaints(_file(tmp_path, HEAD + text.replace('need = "Tests ask for it."', need)))
        assert said == [
            "vendor.toml: column account: takes a person's data, and says not why — need = \"why the receiver needs it\", or leave it out"
        ]


def test_a_total_of_balances_needs_a_need_too(tmp_path: Path) -> None:
    head = 'sentence = "A file."\nformat = "csv"\nshape = "wide"\nrow = "consumer"\nchannels = ["voice"]\n'
    said = _complaints(_file(tmp_path, head + _column(expression="total_balance").replace("need = ", "# ")))
    assert "takes a person's data" in said[0]


def test_a_key_of_an_account_and_a_chance_need_none(tmp_path: Path) -> None:
    text = "".join(_column(name, name).replace("need = ", "# ") for name in ("account_id", "p_reach", "conditions"))
    assert [column.need for column in load_profiles([_file(tmp_path, HEAD + text)])["vendor"].columns] == ["", "", ""]


def test_a_profile_that_is_not_there_is_suggested() -> None:
    with pytest.raises(ConfigError, match='did you mean "parquet"'):
        load_profile("parqet")


def test_options_are_completed_with_the_defaults_of_the_format(tmp_path: Path) -> None:
    file = _file(tmp_path, HEAD + '[options]\ndelimiter = "|"\n' + _column())
    assert load_profiles([file])["vendor"].options == {
        "delimiter": "|", "encoding": "utf-8", "bom": False, "newline": "crlf", "header": True, "quoting": "minimal",
        "spreadsheet_safe": False,
    }  # fmt: skip


def test_the_fingerprint_follows_the_content(tmp_path: Path) -> None:
    first = load_profiles([_file(tmp_path, HEAD + _column())])["vendor"]
    again = load_profiles([_file(tmp_path, "# a remark\n" + HEAD + _column())])["vendor"]
    other = load_profiles([_file(tmp_path, HEAD + _column(expression="consumer_id"))])["vendor"]
    assert first == again
    assert dataclasses.replace(other, fingerprint="") != dataclasses.replace(first, fingerprint="")
    assert other.fingerprint != first.fingerprint


def test_all_problems_of_all_files_are_reported_at_once(tmp_path: Path) -> None:
    wrong = HEAD + '[options]\ndelimeter = "|"\nnewline = "cr"\n' + _column("a", "no_such_column")
    wrong += _column("a", "phone") + _column("b", "phone", "fone")
    found = _complaints(_file(tmp_path, wrong), _file(tmp_path, 'sentence = "x"\nformatt = "csv"\n', "second.toml"))
    text = "\n".join(found)
    assert 'vendor.toml: options.delimeter: unknown key — did you mean "delimiter"?' in found
    assert "vendor.toml: options.newline: not a value" in text
    assert "no_such_column" in text
    assert "unknown grammar" in text
    assert "this name is there twice" in text
    assert 'second.toml: formatt: unknown key — did you mean "format"?' in found
    assert "second.toml: column: missing" in found


@pytest.mark.parametrize(
    ("expression", "complaint"),
    [
        ("(SELECT 1)", "must not contain a query"),
        ("phone; DROP TABLE uses", "must be one expression"),
        ("read_csv('/etc/passwd')", "vendor.toml: column account"),
        ("current_date", "another value each time"),
        ("random()", "another value each time"),
        ("now ()", "another value each time"),
        ("count(*)", "sums rows up"),
        ("phone), (email", "must be one expression"),
        ("string_split(phone, '5')", "gives a list"),
        ("ssn", "vendor.toml: column account"),
        ("dob", "vendor.toml: column account"),
    ],
)
def test_an_expression_must_be_one_steady_value_of_the_columns_there_are(
    tmp_path: Path, expression: str, complaint: str
) -> None:
    found = _complaints(_file(tmp_path, HEAD + _column(expression=expression)))
    assert len(found) == 1
    assert complaint in found[0]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("sentence = ", "is not TOML"),
        (HEAD.replace("long", "deep") + _column(), "unknown shape"),
        (HEAD.replace('"csv"', '"xml"') + _column(), "unknown format"),
        (HEAD + "[options]\nheader = 1\n" + _column(), "must be true or false"),
        (HEAD + "column = []\n", "must be a filled list"),
        (HEAD + "column = [1]\n", "must be a table"),
        (HEAD + '[[column]]\nname = "a"\nexpression = "phone"\ngrammar = "phone"\n', "sentence is missing"),
        (HEAD + _column() + 'lenght = 3\n', "unknown key lenght"),
        (HEAD.replace('"csv"', '"parquet"') + '[options]\ncompression = "rar"\n' + _column(), "not a value"),
    ],
)  # fmt: skip
def test_a_profile_of_the_wrong_shape_is_refused(tmp_path: Path, text: str, complaint: str) -> None:
    assert any(complaint in line for line in _complaints(_file(tmp_path, text)))
