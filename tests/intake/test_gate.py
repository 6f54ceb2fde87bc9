from __future__ import annotations

import hashlib
import io
import os
import zipfile
from pathlib import Path

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from skiptrace.errors import DataRefused
from skiptrace.intake import gate as gates
from skiptrace.intake.gate import Gate
from skiptrace.intake.gate_child import named
from skiptrace.intake.reading import describe, read
from skiptrace.project.limits import Limits
from skiptrace.store.inputs import expand
from tests.intake.files import written


def packed(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as book:
        for name, content in members.items():
            book.writestr(name, content)
    return buffer.getvalue()


def test_files_pass_with_their_hashes(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"a,b\n1,2\n")
    pq.write_table(pa.table({"a": [1]}), tmp_path / "b.parquet")
    files = expand(".", tmp_path)
    with Gate() as gate:
        admitted = gate.admit(files)
    assert admitted.files == tuple(files)
    assert admitted.hashes == tuple(hashlib.sha256((tmp_path / file.name).read_bytes()).hexdigest() for file in files)


def test_a_zip_is_its_members(tmp_path: Path) -> None:
    content = packed({"d/b.csv": b"a\n2\n", "a.csv": b"a\n1\n", "__MACOSX/a.csv": b"x", "d/.hidden": b"x"})
    file = written(tmp_path, content, "tape.zip")
    with Gate() as gate:
        admitted = gate.admit([file])
    assert [member.name for member in admitted.files] == ["tape.zip/a.csv", "tape.zip/d/b.csv"]
    assert [read(member, slice(0, describe(member).rows)).to_pydict() for member in admitted.files] == [{"a": ["1"]}, {"a": ["2"]}]
    assert set(admitted.hashes) == {hashlib.sha256((tmp_path / "tape.zip").read_bytes()).hexdigest()}


@pytest.mark.parametrize("name", ["../a.csv", "/etc/a.csv", "d/../../a.csv", "C:a.csv", "..\\a.csv"])
def test_a_zip_that_climbs_out(tmp_path: Path, name: str) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as book:
        book.writestr(zipfile.ZipInfo(name), b"a\n1\n")
    with Gate() as gate, pytest.raises(DataRefused, match="path leaves its folder"):
        gate.admit([written(tmp_path, buffer.getvalue(), "tape.zip")])


def test_a_checksum_beside_a_file_is_compared(tmp_path: Path) -> None:
    file = written(tmp_path, b"a\n1\n")
    good = hashlib.sha256(b"a\n1\n").hexdigest()
    with Gate() as gate:
        (tmp_path / "tape.csv.sha256").write_text(f"{good}  tape.csv\n")
        assert gate.admit([file]).hashes == (good,)
        (tmp_path / "tape.csv.sha256").write_text(f"{'0' * 64}  tape.csv\n")
        with pytest.raises(DataRefused, match="not the file that the checksum"):
            gate.admit([file])
        (tmp_path / "tape.csv.sha256").write_text("no")
        with pytest.raises(DataRefused, match=r"tape\.csv\.sha256: holds no SHA-256"):
            gate.admit([file])
    assert [file.name for file in expand(".", tmp_path)] == ["tape.csv"]


def test_a_file_too_large_is_not_even_hashed(tmp_path: Path) -> None:
    with Gate(Limits(file_bytes=3)) as gate, pytest.raises(DataRefused, match=r"larger than 3 bytes \(limits.file_bytes\)"):
        gate.admit([written(tmp_path, b"a\n1\n")])


CHILD = "import sys, os, time, signal\nsys.stdin.readline()\nfor line in sys.stdin:\n    {}\n"


@pytest.mark.parametrize(
    ("deed", "said"),
    [
        ("os.kill(os.getpid(), signal.SIGSEGV)", "ends the process that reads it"),
        ("os._exit(0)", "ends the process that reads it"),
        ("os.kill(os.getpid(), signal.SIGXCPU)", "longer to be read than limits.seconds"),
        ("time.sleep(60)", "longer to be read than limits.seconds"),
    ],
)
def test_a_file_that_kills_or_keeps_its_reader_is_refused_and_the_next_one_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, deed: str, said: str
) -> None:
    file = written(tmp_path, b"a\n1\n")
    child = tmp_path / "child.py"
    child.write_text(CHILD.format(deed))
    monkeypatch.setattr(gates, "_WALL", 0.5)
    with Gate(Limits(seconds=1)) as gate:
        with monkeypatch.context() as patched:
            patched.setattr(gates, "_CHILD", child)
            with pytest.raises(DataRefused, match=said):
                gate.admit([file])
        monkeypatch.setattr(gates, "_WALL", 20)
        assert gate.admit([file]).files == (file,)


def test_an_answer_that_nobody_waited_for_is_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bad, good = written(tmp_path, b"%PDF-1.7", "a.csv"), written(tmp_path, b"a\n1\n", "b.csv")
    exchanged = gates._exchanged

    def interrupted(process: object, text: str, seconds: float) -> str:
        exchanged(process, text, 0)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    with Gate() as gate:
        with monkeypatch.context() as patched:
            patched.setattr(gates, "_exchanged", interrupted)
            with pytest.raises(KeyboardInterrupt):
                gate.admit([bad])
        assert gate.admit([good]).files == (good,)


def test_memory_is_limited(tmp_path: Path) -> None:
    pq.write_table(pa.table({"a": ["x" * 300_000_000]}), tmp_path / "a.parquet", compression="none", use_dictionary=False)
    with Gate(Limits(memory=512 << 20)) as gate, pytest.raises(DataRefused, match=r"limits\.memory"):
        gate.admit(expand("a.parquet", tmp_path))


def test_every_file_of_a_delivery_is_told(tmp_path: Path) -> None:
    for name in ("a.parquet", "b.parquet"):
        (tmp_path / name).write_bytes(b"PAR1")
    with Gate() as gate, pytest.raises(DataRefused) as caught:
        gate.admit(expand(".", tmp_path))
    assert [problem.file for problem in caught.value.problems] == ["a.parquet", "b.parquet"]


def test_a_file_in_the_memory_of_this_process(tmp_path: Path) -> None:
    system = fsspec.filesystem("memory")
    system.pipe("/gate/a.csv", b"PK\x03\x04")
    try:
        with Gate() as gate, pytest.raises(DataRefused, match="is a zip file or workbook"):
            gate.admit(expand("memory://gate/a.csv", tmp_path))
    finally:
        system.rm("/gate", recursive=True)


def test_no_process_is_left(tmp_path: Path) -> None:
    with Gate() as gate:
        gate.admit([written(tmp_path, b"a\n1\n")])
        process = gate._process
        assert process is not None
        os.kill(process.pid, 0)
    assert process.returncode == 0


def damaged_second_column(tmp_path: Path) -> Path:
    """A Parquet file with page checksums in whose second column a byte of a page is another."""
    path = tmp_path / "tape.parquet"
    table = pa.table({"kept": ["a"] * 50, "other": [f"value {number}" for number in range(50)]})
    pq.write_table(table, path, write_page_checksum=True, compression="none", use_dictionary=False)
    content = bytearray(path.read_bytes())
    content[content.index(b"value 25")] ^= 1
    path.write_bytes(content)
    return path


def test_only_columns_that_may_be_read_are_decoded(tmp_path: Path) -> None:
    files = expand(damaged_second_column(tmp_path).name, tmp_path)
    with Gate() as gate:
        assert gate.admit(files, None, "upper(KEPT)").files == tuple(files)
        for said in (None, 'trim("Other")', "COLUMNS ('o.*')", "kept * 2"):
            with pytest.raises(DataRefused, match="not a whole Parquet file"):
                gate.admit(files, None, said)


@pytest.mark.parametrize(("column", "said"), [("first name", 'trim("First Name")'), ('a"b', '"a""b"'), ("x", "columns(c -> true)")])
def test_what_expressions_may_read_is_told_by_their_text(column: str, said: str) -> None:
    assert named(column, said)
    assert not named("zzz", "upper(kept)")
