from __future__ import annotations

import time

import pytest

from skiptrace.project.depth import deeper_than


@pytest.mark.parametrize(
    "text",
    [
        'version = 1\n[project]\nname = "a.b.c.d.e.f.g"\n[[source]]\n[source.columns]\nx = "[[[[[["\n',
        "# a.b.c.d.e.f.g [[[[[[\na = 1.5\n",
        'a = \'\'\'\na.b.c.d.e.f.g\n[[[[[[\'\'\'\nb = """x\\""""\n',
        "a = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]\n",
    ],
)
def test_what_stands_in_strings_comments_and_numbers_is_not_nested(text: str) -> None:
    assert deeper_than(text, 4) is None


@pytest.mark.parametrize(
    ("text", "line"),
    [("a = 1\nb.c.d.e.f = 1\n", 2), ("a = [[[[[1]]]]]\n", 1), ("a = '''\n\n'''\n[a.b.c.d.e]\n", 4), ("a = {b={c={d={e={}}}}}", 1)],
)
def test_the_line_of_what_is_too_deep_is_told(text: str, line: int) -> None:
    assert deeper_than(text, 4) == line
    assert deeper_than(text, 5) is None


@pytest.mark.parametrize("piece", ["a.", "[", '"""', "'''", '"\\', "{a=", "#", "\n\"'"])
def test_a_megabyte_of_anything_is_looked_through_at_once(piece: str) -> None:
    begun = time.process_time()
    deeper_than(piece * (1_000_000 // len(piece)), 12)
    assert time.process_time() - begun < 2
