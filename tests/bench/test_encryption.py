from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench.encryption import entropy, hits_in, is_encrypted, kept


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name, content in {
        ".skiptrace/index/term.arrow": b"..QUIMBY STREET..", ".skiptrace/notes/note-1.json": "maple road".encode("utf-16-le"),
        "runs/r1/accounts/part.parquet": b"PARE" + bytes(range(256)), "runs/r1/exports/plain/plain.csv": b"quimby street",
        "portfolio.csv": b"quimby street",
    }.items():  # fmt: skip
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    return tmp_path


def test_every_byte_is_searched_but_for_exports_and_the_users_own_files(project: Path) -> None:
    assert [file.name for file in kept(project)] == ["term.arrow", "note-1.json", "part.parquet"]
    assert hits_in(project, [b"quimby street", b"maple road", b"nobody here"]) == {b"quimby street", b"maple road"}
    (project / ".skiptrace/index/term.arrow").unlink()
    assert hits_in(project, [b"quimby street"]) == set()


def test_encrypted_files_are_known_by_how_they_begin(project: Path) -> None:
    assert [is_encrypted(file) for file in kept(project)] == [False, False, True]


def test_even_bytes_have_eight_bits_and_text_has_fewer(tmp_path: Path) -> None:
    (tmp_path / "even").write_bytes(bytes(range(256)) * 64)
    (tmp_path / "text").write_bytes(b"abcd" * 4096)
    assert entropy(tmp_path / "even") == pytest.approx(8)
    assert entropy(tmp_path / "text") == pytest.approx(2)
