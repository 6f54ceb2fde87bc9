from __future__ import annotations

import datetime as dt
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import fsspec
import pytest

from skiptrace.errors import ConfigError, DataRefused, StoreUnavailable
from skiptrace.store.inputs import expand, fingerprint, opened
from skiptrace.store.objects import ObjectPath
from tests.object_store import forget_clients


def fill(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"content of {name}")


def names(path: str, base: Path) -> list[str]:
    return [file.name for file in expand(path, base)]


def test_a_file_a_folder_and_a_glob(tmp_path: Path) -> None:
    fill(tmp_path, "d/b.csv", "d/a.parquet", "d/deep/c.txt")
    assert names("d/b.csv", tmp_path) == ["b.csv"]
    assert names("d", tmp_path) == ["a.parquet", "b.csv", "deep/c.txt"]
    assert names("d/*.parquet", tmp_path) == ["a.parquet"]
    assert names("*/*.*", tmp_path) == ["d/a.parquet", "d/b.csv"]
    assert names("d/**/*.txt", tmp_path) == ["deep/c.txt"]
    assert names(str(tmp_path / "d" / "*.csv"), Path("/nowhere")) == ["b.csv"]
    assert names(f"file://{tmp_path}/d", Path("/nowhere")) == names("d", tmp_path)


def test_size_format_and_day_of_change_are_told(tmp_path: Path) -> None:
    fill(tmp_path, "a.PARQUET", "b.tsv", "c.xlsx", "d")
    os.utime(tmp_path / "a.PARQUET", (0, 86_400 * 365))
    files = expand(".", tmp_path)
    assert [file.format for file in files] == ["parquet", "csv", "excel", "unknown"]
    assert files[0].modified == dt.date(1971, 1, 1)
    assert files[0].bytes == len("content of a.PARQUET")


def test_hidden_files_are_never_read(tmp_path: Path) -> None:
    fill(tmp_path, "d/a.csv", "d/.a.csv.crc", "d/_SUCCESS", "d/.part/b.csv", "d/_tmp/c.csv")
    assert names("d", tmp_path) == ["a.csv"]
    assert names("d/*", tmp_path) == ["a.csv"]


def test_a_project_in_a_folder_with_wildcards_in_its_name(tmp_path: Path) -> None:
    fill(tmp_path, "a [1]*/d/x.csv", "a [1]*/[2].csv")
    base = tmp_path / "a [1]*"
    assert names("d", base) == ["x.csv"]
    assert names("d/*.csv", base) == ["x.csv"]
    assert names("[2].csv", base) == ["[2].csv"]


def test_inputs_may_be_links(tmp_path: Path) -> None:
    fill(tmp_path, "real/a.csv")
    (tmp_path / "link.csv").symlink_to(tmp_path / "real" / "a.csv")
    (tmp_path / "folder").symlink_to(tmp_path / "real")
    (tmp_path / "real" / "broken.csv").symlink_to(tmp_path / "gone.csv")
    assert names("link.csv", tmp_path) == ["link.csv"]
    assert names("folder", tmp_path) == ["a.csv"]


def test_a_name_is_safe_to_print(tmp_path: Path) -> None:
    fill(tmp_path, "a\n\x1b[31m.csv")
    assert names(".", tmp_path) == ["a??[31m.csv"]


@pytest.mark.parametrize("path", ["gone.csv", "gone/*.csv", "a.csv/b.csv", "file:///gone/x.csv", "memory://gone/x.csv"])
def test_a_place_that_is_not_there_is_a_mistake_of_the_project_file(tmp_path: Path, path: str) -> None:
    fill(tmp_path, "a.csv")
    with pytest.raises(ConfigError, match="not found") as caught:
        expand(path, tmp_path)
    assert caught.value.exit_code == 2
    assert path in str(caught.value)


def test_a_place_that_holds_nothing_is_refused_data(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    for path in ("d", "d/*.csv"):
        with pytest.raises(DataRefused, match="holds no files") as caught:
            expand(path, tmp_path)
        assert caught.value.exit_code == 3


def test_an_empty_file_is_refused_data(tmp_path: Path) -> None:
    fill(tmp_path, "a.csv")
    (tmp_path / "b.csv").touch()
    with pytest.raises(DataRefused, match=r"b\.csv: is empty"):
        expand(".", tmp_path)


def test_stores_that_are_not_installed_or_hold_credentials(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="not installed"):
        expand("nosuchstore://bucket/a.csv", tmp_path)
    with pytest.raises(ConfigError, match="holds credentials") as caught:
        expand("s3://key:hunter2@bucket/a.csv", tmp_path)
    assert "hunter2" not in str(caught.value)


def test_a_store_that_does_not_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(path: str) -> None:
        raise RuntimeError("secret=hunter2")

    monkeypatch.setattr(fsspec.core, "url_to_fs", broken)
    with pytest.raises(StoreUnavailable) as caught:
        expand("memory://a", tmp_path)
    assert caught.value.exit_code == 69
    assert "hunter2" not in str(caught.value)


@pytest.fixture
def memory() -> Iterator[fsspec.AbstractFileSystem]:
    system = fsspec.filesystem("memory")
    system.pipe({"/box/b.csv": b"b", "/box/a.csv": b"aa", "/box/_x.csv": b"x", "/box/deep/c.csv": b"c"})
    yield system
    system.rm("/box", recursive=True)


def test_a_url_is_read_like_a_path(tmp_path: Path, memory: fsspec.AbstractFileSystem) -> None:
    assert names("memory://box", tmp_path) == ["a.csv", "b.csv", "deep/c.csv"]
    assert names("memory://box/*.csv", tmp_path) == ["a.csv", "b.csv"]
    (file,) = expand("memory://box/a.csv", tmp_path)
    assert (file.name, file.bytes, file.format) == ("a.csv", 2, "csv")
    with opened(file) as stream:
        assert stream.read() == b"aa"


def test_a_fingerprint_is_the_sha256_of_the_bytes(tmp_path: Path, memory: fsspec.AbstractFileSystem) -> None:
    (tmp_path / "a.csv").write_bytes(b"aa")
    expected = hashlib.sha256(b"aa").hexdigest()
    assert fingerprint(expand("a.csv", tmp_path)[0]) == expected
    assert fingerprint(expand("memory://box/a.csv", tmp_path)[0]) == expected


def test_a_file_that_went_away_is_told_by_name(tmp_path: Path) -> None:
    fill(tmp_path, "a.csv")
    (file,) = expand("a.csv", tmp_path)
    (tmp_path / "a.csv").unlink()
    with pytest.raises(DataRefused, match=r"a\.csv: went away"):
        fingerprint(file)


def test_an_input_on_a_store_without_credentials_or_bucket_is_told_with_the_mend(
    store: ObjectPath, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (store / "tape.csv").replace(b"a\n1\n")
    assert [file.bytes for file in expand(f"{store}/tape.csv", tmp_path)] == [4]
    with pytest.raises(ConfigError, match="not found"):
        expand(f"{store}/other.csv", tmp_path)
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    forget_clients()
    with pytest.raises(StoreUnavailable, match="no credentials — give them") as caught:
        expand(f"{store}/tape.csv", tmp_path)
    forget_clients()
    assert caught.value.exit_code == 69


@pytest.mark.parametrize("path", ["sftp://us@example.com/in/*.csv", "SSH://example.com/a.csv", "ftp://example.com/a.csv"])
def test_a_server_whose_key_nobody_would_check_is_not_read_directly(tmp_path: Path, path: str) -> None:
    with pytest.raises(ConfigError, match="inbox"):
        expand(path, tmp_path)
