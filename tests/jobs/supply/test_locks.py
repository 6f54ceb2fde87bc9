from __future__ import annotations

from pathlib import Path

import pytest

from jobs.supply.locks import DEVELOPMENT, RUN, canonical, read_lock
from skiptrace.errors import ConfigError

HASH = "a" * 64
LOCK = f"""#
# made by pip-compile
#
click==8.5.1 \\
    --hash=sha256:{"b" * 64} \\
    --hash=sha256:{HASH}
    # via
    #   -c requirements.lock
    #   dask
    #   skiptrace (pyproject.toml)
dask==2026.8.0 ; sys_platform == "linux" \\
    --hash=sha256:{HASH}
    # via skiptrace (pyproject.toml)
"""


def written(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "a.lock"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_lock_is_read_with_hashes_markers_and_who_asked(tmp_path: Path) -> None:
    click, dask = read_lock(written(tmp_path, LOCK))
    assert (click.name, click.version, click.hashes, click.wanted_by) == ("click", "8.5.1", (HASH, "b" * 64), ("dask", "skiptrace"))
    assert (dask.marker, dask.wanted_by, dask.purl) == ('sys_platform == "linux"', ("skiptrace",), "pkg:pypi/dask@2026.8.0")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("click==8.5.1 \\\n    # via dask\n", "has no hash"),
        (LOCK + LOCK, "stands there twice"),
        (LOCK + "https://example.com/a.whl\n", "is no pinned package"),
        (LOCK + "dask>=1 \\\n", "is no pinned package"),
        ("# nothing\n", "names no package"),
    ],
)
def test_what_is_no_lock_is_refused(tmp_path: Path, text: str, what: str) -> None:
    with pytest.raises(ConfigError, match=what):
        read_lock(written(tmp_path, text))


def test_a_lock_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        read_lock(tmp_path / "none.lock")


def test_the_locks_of_the_project_are_read_whole() -> None:
    run, development = ({one.name: one for one in read_lock(file)} for file in (RUN, DEVELOPMENT))
    assert set(run) < set(development)
    assert all(one.hashes and one.wanted_by for one in (*run.values(), *development.values()))


def test_names_are_spelled_as_an_index_spells_them() -> None:
    assert canonical("Boolean.py") == canonical("boolean_py") == "boolean-py"
