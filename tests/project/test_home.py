"""Where what a project leaves lies."""

from __future__ import annotations

from pathlib import Path

import pytest

from skiptrace.errors import ConfigError
from skiptrace.project import home_of, load
from skiptrace.store.objects import ObjectPath

STORED = 'version = 1\n[runtime]\nstore = "s3://bucket/project/"\n'


def test_the_folder_itself_unless_the_file_names_a_store(tmp_path: Path) -> None:
    assert home_of(tmp_path, {}) == tmp_path
    file = tmp_path / "skiptrace.toml"
    file.write_text("version = 1\n")
    assert home_of(tmp_path, {}) == home_of(file, {}) == tmp_path
    file.write_text(STORED)
    assert home_of(tmp_path, {}) == home_of(str(file), {}) == ObjectPath("s3://bucket/project")
    assert home_of("s3://bucket/project", {}) == ObjectPath("s3://bucket/project")


def test_the_environment_may_name_the_store(tmp_path: Path) -> None:
    assert home_of(tmp_path, {"SKIPTRACE__RUNTIME__STORE": "s3://bucket/x"}) == ObjectPath("s3://bucket/x")


@pytest.mark.parametrize("text", ["version = ", "\xff", "[runtime]\nstore = 1\n", "runtime = 1\n"])
def test_a_file_that_cannot_be_read_names_no_store(text: str, tmp_path: Path) -> None:
    (tmp_path / "skiptrace.toml").write_text(text, encoding="latin-1")
    assert home_of(tmp_path, {}) == tmp_path


@pytest.mark.parametrize("store", ["/data/project", "project", "s3://", "s3://key:secret@bucket/x"])
def test_a_store_that_is_none_is_refused_by_the_file(store: str, tmp_path: Path) -> None:
    file = tmp_path / "skiptrace.toml"
    file.write_text(f'version = 1\n[project]\nname = "x"\npurposes = ["fcra.collection"]\n[runtime]\nstore = "{store}"\n')
    with pytest.raises(ConfigError) as refused:
        load(file, {})
    assert "secret" not in str(refused.value)
