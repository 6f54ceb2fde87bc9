from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from skiptrace.kernels import compiling
from skiptrace.kernels.compiling import cache_folder, compiled, is_compiled


@pytest.fixture
def unwritable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package folder that nobody may write to, whoever runs the test."""
    package = tmp_path / "package"
    package.mkdir()
    real = compiling.os.access
    monkeypatch.setattr(compiling.os, "access", lambda path, mode: Path(path) != package and real(path, mode))
    return package


def test_the_folder_that_the_user_names_comes_first(tmp_path: Path) -> None:
    assert cache_folder(tmp_path, {"NUMBA_CACHE_DIR": "/somewhere", "HOME": str(tmp_path)}) == Path("/somewhere")
    everybody = tmp_path / "everybody's"
    everybody.mkdir()
    everybody.chmod(0o777)
    assert cache_folder(tmp_path, {"NUMBA_CACHE_DIR": str(everybody), "HOME": str(tmp_path)}) is None


def test_a_writable_package_keeps_its_own(tmp_path: Path) -> None:
    assert cache_folder(tmp_path, {"HOME": "/nowhere"}) == tmp_path / "__pycache__"


def test_a_read_only_package_uses_a_private_folder_of_the_user(unwritable: Path, tmp_path: Path) -> None:
    found = cache_folder(unwritable, {"XDG_CACHE_HOME": str(tmp_path / "cache"), "HOME": "/nowhere"})
    assert found == tmp_path / "cache" / "skiptrace" / "numba"
    assert found.stat().st_mode & 0o777 == 0o700
    home = cache_folder(unwritable, {"HOME": str(tmp_path)})
    assert home == tmp_path / ".cache" / "skiptrace" / "numba"
    assert home.stat().st_mode & 0o777 == 0o700


def test_a_folder_that_others_may_write_holds_no_code(unwritable: Path, tmp_path: Path) -> None:
    shared = tmp_path / "cache" / "skiptrace" / "numba"
    shared.mkdir(parents=True)
    shared.chmod(0o777)
    assert cache_folder(unwritable, {"XDG_CACHE_HOME": str(tmp_path / "cache")}) is None


def test_a_link_in_its_place_holds_no_code(unwritable: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "skiptrace").mkdir()
    (tmp_path / "skiptrace" / "numba").symlink_to(tmp_path / "elsewhere")
    assert cache_folder(unwritable, {"XDG_CACHE_HOME": str(tmp_path)}) is None


@pytest.mark.parametrize("environ", [{}, {"HOME": ""}, {"XDG_CACHE_HOME": "relative"}])
def test_without_a_folder_nothing_is_kept(unwritable: Path, environ: dict[str, str]) -> None:
    assert cache_folder(unwritable, environ) is None


def test_the_digest_changes_with_any_source(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("one")
    before = compiling._digest(tmp_path)
    (tmp_path / "b.py").write_text("two")
    assert compiling._digest(tmp_path) != before


def test_a_compiled_function_answers_as_the_plain_one() -> None:
    import numba

    setting = numba.config.CACHE_DIR

    def double(number: int) -> int:
        return 2 * number

    made = compiled(double)
    assert made(21) == double(21)
    after = numba.config.CACHE_DIR
    assert after == setting


def test_asking_whether_a_loop_is_compiled_loads_no_compiler() -> None:
    code = "import sys; from skiptrace.kernels.compiling import is_compiled; is_compiled('x'); print('numba' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
    assert not is_compiled("no_loop_of_this_name")
