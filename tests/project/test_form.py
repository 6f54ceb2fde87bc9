from __future__ import annotations

import json
from pathlib import Path

import pytest

from skiptrace.errors import ConfigError
from skiptrace.project import load
from skiptrace.project.form import Form

HEAD = 'version = 1\n[project]\nname = "p"\npurposes = ["other"]\n[portfolio]\npath = "t.csv"\n[portfolio.columns]\naccount_id = "id"\n'


def form(folder: Path, text: str) -> Form:
    (folder / "skiptrace.toml").write_text(HEAD + "[portfolio.file]\n" + text)
    return load(folder, {}).portfolio.file


def test_everything_can_be_declared(tmp_path: Path) -> None:
    text = "format = 'csv'\ndelimiter = '|'\nquote = ''\nencoding = 'cp1252'\nnames = ['a', 'b']\nskip_lines = 2\ntrailer = '^TRL'\n"
    found = form(tmp_path, text)
    assert found == Form(format="csv", delimiter="|", quote="", encoding="cp1252", names=("a", "b"), skip_lines=2, trailer="^TRL")
    assert Form.model_validate_json(json.dumps(found.model_dump(mode="json"))) == found


def test_a_form_is_told_in_words() -> None:
    unheaded = Form(format="csv", delimiter="\t", encoding="cp1252", header=False)
    assert unheaded.told() == "text, delimited by tabs, without a header, in cp1252"
    assert Form(format="csv", delimiter="|", encoding="utf-8").told() == 'text, delimited by "|", in utf-8'
    assert Form(format="parquet").told() == "Parquet"


def test_nothing_has_to_be(tmp_path: Path) -> None:
    assert form(tmp_path, "") == Form()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("delimeter = '|'", 'portfolio.file.delimeter (line 10): is not a known key — did you mean "delimiter"'),
        ("delimiter = '||'", "must be one ASCII character"),
        ("quote = '\"\"'", "must be one ASCII character, or empty"),
        ("encoding = 'cp1251'", 'is not a known word — did you mean "cp1252"'),
        ("format = 'xlsx'", "is not a known word"),
        ("header = 'no'", "must be true or false"),
        ("trailer = '('", "is not a regular expression"),
        ("trailer = 'x*'", "matches an empty line"),
        ("trailer = 0", "must be a number of lines from 1 to 100"),
        ("header = true\nnames = ['a']", "has names and a header"),
        ("names = ['a', 'A']", "has the same name twice in names"),
        ("format = 'csv'\nlayout = 'l.toml'", "only fixed-width files have"),
        ("format = 'fixed'", "has no layout"),
        ("delimiter = \"'\"\nquote = \"'\"", "one character as delimiter and quote"),
        ("layout = 'l.toml'\nfields = [{name = 'a', start = 1, width = 2}]", "a layout file and fields"),
        ("fields = [{name = 'a', start = 1, widht = 2}]", 'is not a known key — did you mean "width"'),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        form(tmp_path, text)
    assert said in str(caught.value)
