from __future__ import annotations

from pathlib import Path

import pytest

from skiptrace.export.reading import read_profile
from tests.export.profiles import column, text_of

WIDE = 'row = "consumer"\nchannels = ["voice"]\nslots = 2\n'


def _problems(folder: Path, text: str) -> list[str]:
    file = folder / "vendor.toml"
    file.write_text(text, encoding="utf-8")
    return [str(problem) for problem in read_profile(file)[1]]


def test_a_whole_profile_is_read(tmp_path: Path) -> None:
    tables = '[limits]\ncolumns = 9\n[[source]]\naddress = "https://example.com"\nchecked = 2026-11-28\nsays = "Nine columns."\n'
    file = tmp_path / "vendor.toml"
    columns = [column("number{n}", "phone", "phone", "required = true"), column("id", "account_ids", "key", "max_chars = 20")]
    file.write_text(text_of(*columns, head=WIDE + 'accounts = 3\nwhere = "line_type <> \'voip\'"\n', shape="wide", tables=tables))
    profile, problems = read_profile(file)
    assert problems == []
    assert profile is not None
    assert (profile.headers, profile.row, profile.accounts, profile.limits.columns) == (("number1", "number2", "id"), "consumer", 3, 9)
    assert (profile.columns[1].max_chars, profile.columns[0].required, profile.cited[0].says) == (20, True, "Nine columns.")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (text_of(column("a", "phone"), head='row = "consumer"\n'), "a long file has no row per"),
        (text_of(column("a", "phone"), head='channels = ["fax"]\n'), '"fax" is no channel'),
        (text_of(column("a", "phone"), head='row = "account"\n', shape="wide"), "a wide file is for one channel"),
        (text_of(column("a", "phone"), head="slots = 3\n"), "has no meaning in a long file"),
        (text_of(column("a", "phone"), head='row = "account"\nchannels = ["voice"]\naccounts = 2\n', shape="wide"), "has no meaning"),
        (text_of(column("a{n}", "phone")), "a long file has no slots"),
        (text_of(column("a", "phone", more="slot = 3"), head=WIDE, shape="wide"), "there is no slot 3"),
        (text_of(column("a{n}", "phone"), column("a1", "phone"), head=WIDE, shape="wide"), "this name is there twice"),
        (text_of(column("a{n}", "account_ids"), head=WIDE, shape="wide"), "account_ids"),
        (text_of(column("a", "phone", more='required = "yes"')), "required must be a true or false"),
        (text_of(column("a", "phone"), head='where = "phne IS NULL"\n'), "vendor.toml: where"),
        (text_of(column("A", "phone"), tables='[limits]\nheader_case = "lower"\n'), "lower-case headers only"),
        (text_of(column("a", "phone"), tables='[[source]]\naddress = "x"\n'), "must have address, checked (a date) and says"),
        (text_of(column("a", "phone"), tables='[result]\nsentence = "x"\n'), "result.columns"),
    ],
)  # fmt: skip
def test_what_does_not_go_together_is_told(tmp_path: Path, text: str, complaint: str) -> None:
    assert any(complaint in problem for problem in _problems(tmp_path, text)), _problems(tmp_path, text)
