from __future__ import annotations

from pathlib import Path

import pytest

from skiptrace.errors import ConfigError
from skiptrace.intake.layouts import read_layout

GOOD = "length = 20\n[[fields]]\nname = 'id'\nstart = 1\nwidth = 3\n[[fields]]\nname = 'zip'\nstart = 9\nwidth = 5\n"


def test_a_layout_is_read(tmp_path: Path) -> None:
    (tmp_path / "l.toml").write_text(GOOD)
    layout = read_layout(str(tmp_path / "l.toml"))
    assert [(field.name, field.start, field.end) for field in layout.fields] == [("id", 1, 3), ("zip", 9, 13)]
    assert layout.length == 20


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (GOOD.replace("width", "widht", 1), "fields[1].widht: is not a known key — did you mean"),
        (GOOD.replace("start = 1", "start = '1'"), "fields[1].start: has a value of the wrong kind"),
        (GOOD.replace("start = 9", "start = 3"), 'zip: overlaps "id"'),
        (GOOD.replace("'zip'", "'ID'"), "ID: is the name of two fields"),
        (GOOD.replace("length = 20", "length = 12"), "zip: ends at 13, beyond length = 12"),
        ("fields = []", "fields: has a value of the wrong kind"),
        ("", "fields: is missing"),
        ("[[", "is not valid TOML"),
    ],
)
def test_a_wrong_layout_says_where(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "l.toml").write_text(text)
    with pytest.raises(ConfigError) as caught:
        read_layout(str(tmp_path / "l.toml"))
    assert f"l.toml: {said}" in str(caught.value)
    assert caught.value.exit_code == 2


def test_a_layout_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="relative path starts at the project"):
        read_layout(str(tmp_path / "gone.toml"))
