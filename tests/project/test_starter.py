from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

from skiptrace.project import load, template
from skiptrace.vocabulary import SOURCE_KINDS


def test_the_starter_file_loads_as_it_stands(tmp_path: Path) -> None:
    (tmp_path / "skiptrace.toml").write_text(template("my-project", dt.date(2026, 6, 30)), encoding="utf-8")
    project = load(tmp_path, {})
    assert project.project.name == "my-project"
    assert project.project.as_of is None  # every night is another
    assert project.source == ()


def test_its_commented_parts_load_too_and_it_lists_every_kind(tmp_path: Path) -> None:
    text = template("my-project", dt.date(2026, 6, 30))
    opened = re.sub(r"(?m)^# (\[\[?\w|\w+ +=)", r"\1", text)
    (tmp_path / "skiptrace.toml").write_text(opened, encoding="utf-8")
    project = load(tmp_path, {})
    assert [source.name for source in project.source] == ["header"]
    assert project.compliance.dialer_class == "manual"
    assert all(kind in text for kind in SOURCE_KINDS)
