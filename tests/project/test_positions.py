from __future__ import annotations

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from skiptrace.project.positions import key_lines, line_of

TEXT = '''\
version = 1   # comment = 2
"quoted key" = "a # b"
dotted.key = 1
long = """
fake = 1
"""
list = [
  "x",  # ] = 3
  "y",
]
[table]
inner = {a = 1, b = [1, 2]}
[[source]]
name = "one"
[[source]]
name = 'two'
[source.columns]
dob = "strptime(dob, '%Y')"
'''


def test_lines_of_keys_of_all_sorts() -> None:
    lines = key_lines(TEXT)
    assert lines[("version",)] == 1
    assert lines[("quoted key",)] == 2
    assert lines[("dotted", "key")] == 3
    assert ("fake",) not in lines
    assert lines[("list",)] == 7
    assert lines[("table",)] == 11
    assert lines[("source", 0, "name")] == 14
    assert lines[("source", 1)] == 15
    assert lines[("source", 1, "name")] == 16
    assert lines[("source", 1, "columns", "dob")] == 18


def test_an_unknown_place_has_the_line_around_it() -> None:
    lines = key_lines(TEXT)
    assert line_of(("table", "inner", "b"), lines) == 12
    assert line_of(("source", 1, "kind"), lines) == 15
    assert line_of(("absent",), lines) is None


@given(
    st.lists(
        st.sampled_from(['k{} = """\n\\" x = 1\n"""', "k{} = [\n1,\n2]", "k{} = 'a'", "# k{} = 1", ""]), max_size=12
    )
)
def test_every_key_that_the_parser_sees_has_its_own_line(parts: list[str]) -> None:
    text = "\n".join(part.format(number) for number, part in enumerate(parts)) + "\n"
    lines = key_lines(text)
    rows = text.split("\n")
    for key in tomllib.loads(text):
        assert rows[lines[(key,)] - 1].startswith(key)
    assert len(lines) == len(tomllib.loads(text))


@given(st.text(alphabet="ab=.[]{}\"'#\n \\", max_size=60))
def test_any_text_is_walked_to_its_end(text: str) -> None:
    assert all(1 <= line <= text.count("\n") + 1 for line in key_lines(text).values())
