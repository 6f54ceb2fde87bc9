"""Table files: named by content, equal for equal rows, and read back as they were written or not at all."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pytest

from skiptrace.errors import ContractError, DamagedFile, DataRefused, StoreUnavailable, UnsafePermissions
from skiptrace.ids import file_digest
from skiptrace.schema import Column, Table
from skiptrace.store import tables
from skiptrace.store.tables import (
    FileRef,
    column_names,
    read_batches,
    read_between,
    read_stretch,
    read_table,
    read_tables,
    verify_file,
    write_pieces,
    write_table,
)

SPEC = Table("things", "Things.", (Column("n", pa.int64(), "Number.", nullable=False), Column("word", pa.string(), "Word.")))
ROWS = pa.table({"n": list(range(50)), "word": [f"w{n % 7}" if n % 5 else None for n in range(50)]})


@pytest.fixture
def ref(tmp_path: Path) -> FileRef:
    return write_table(ROWS, SPEC, tmp_path / "things", "part-00000")


def damaged(ref: FileRef, content: bytes) -> FileRef:
    """The same reference after something else has written the file."""
    Path(ref.path).write_bytes(content)
    return ref


def test_a_table_is_read_as_it_was_written(ref: FileRef) -> None:
    for source in (ref, ref.plain()):
        table = read_table(source, verify=True)
        assert table.schema.equals(SPEC.arrow)
        assert table.to_pydict() == ROWS.to_pydict()
    assert read_table(ref, ["word"]).column_names == ["word"]
    assert read_table(ref, ["word", "n"]).column_names == ["word", "n"]


def test_the_reference_and_the_name_say_what_is_in_the_file(ref: FileRef) -> None:
    path = Path(ref.path)
    assert ref == FileRef(str(path), 50, path.stat().st_size, file_digest(path))
    assert path.name == f"part-00000-{ref.sha256[:16]}.parquet"
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert ref.plain() == {"path": str(path), "rows": 50, "bytes": ref.bytes, "sha256": ref.sha256}


def test_equal_rows_make_one_file_however_they_are_chunked(ref: FileRef) -> None:
    folder = Path(ref.path).parent
    chunked = pa.concat_tables([ROWS.slice(0, 7), ROWS.slice(7, 0), ROWS.slice(7)]).select(["word", "n"])
    assert write_table(chunked, SPEC, folder, "part-00000") == ref
    assert len(list(folder.iterdir())) == 1
    other = write_table(ROWS.slice(0, 49), SPEC, folder, "part-00000")
    assert other.path != ref.path
    assert len(list(folder.iterdir())) == 2


def test_an_empty_table_keeps_its_schema(tmp_path: Path) -> None:
    ref = write_table(SPEC.empty(), SPEC, tmp_path / "things", "part")
    assert read_table(ref).schema.equals(SPEC.arrow)
    assert ref.rows == 0


def test_a_table_of_another_shape_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match="table things"):
        write_table(ROWS.rename_columns(["n", "wort"]), SPEC, tmp_path / "things", "part")
    assert not (tmp_path / "things").exists()


def test_a_full_disk_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(table: pa.Table, path: Path, **_: object) -> None:
        Path(path).write_bytes(b"PAR1 half")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(tables.pq, "write_table", full)
    with pytest.raises(StoreUnavailable, match="free some space"):
        write_table(ROWS, SPEC, tmp_path / "things", "part")
    assert list((tmp_path / "things").iterdir()) == []


def test_an_unsafe_folder_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "things"
    folder.mkdir()
    folder.chmod(0o777)
    with pytest.raises(UnsafePermissions):
        write_table(ROWS, SPEC, folder, "part")
    assert list(folder.iterdir()) == []


def test_a_file_that_is_gone_torn_or_grown_is_refused(ref: FileRef) -> None:
    whole = Path(ref.path).read_bytes()
    for content in (b"", whole[:-1], whole[: len(whole) // 2], whole + b"x"):
        with pytest.raises(DataRefused, match="not the file that was written") as caught:
            read_table(damaged(ref, content))
        assert caught.value.exit_code == 3
        assert "run again" in str(caught.value)
    Path(ref.path).unlink()
    with pytest.raises(DataRefused, match="is gone"):
        read_table(ref)


def test_a_file_that_says_other_rows_is_refused(ref: FileRef) -> None:
    with pytest.raises(DataRefused, match="does not hold the rows"):
        read_table(FileRef(ref.path, 49, ref.bytes, ref.sha256))


def test_another_file_of_the_same_size_is_found_by_its_hash(ref: FileRef, tmp_path: Path) -> None:
    words = pa.array([f"v{n % 7}" if n % 5 else None for n in range(50)])
    other = write_table(pa.table({"n": ROWS["n"], "word": words}), SPEC, tmp_path / "other", "part")
    assert other.bytes == ref.bytes, "the case needs files of one size"
    swapped = FileRef(other.path, ref.rows, ref.bytes, ref.sha256)
    for verify in (False, True):
        with pytest.raises(DataRefused, match="not the file that was written"):
            read_table(swapped, verify=verify)


@pytest.mark.parametrize("flip", [0x01, 0x80, 0xFF])
def test_a_flipped_byte_never_gives_other_rows(flip: int, ref: FileRef) -> None:
    """Every byte of the file in turn: what is read is what was written, or it is refused with the right error."""
    whole, refused = Path(ref.path).read_bytes(), 0
    wanted = read_tables([ref.plain()], SPEC)
    for at in range(len(whole)):
        damaged(ref, whole[:at] + bytes([whole[at] ^ flip]) + whole[at + 1 :])
        try:
            assert read_tables([ref.plain()], SPEC).equals(wanted), f"byte {at}"
        except DataRefused:
            refused += 1
        with pytest.raises(DataRefused):
            read_table(ref, verify=True)
    assert refused > len(whole) / 2


def test_files_of_one_table_are_read_in_order(ref: FileRef, tmp_path: Path) -> None:
    more = write_table(pa.table({"n": [100], "word": ["x"]}), SPEC, tmp_path / "things", "part-00001")
    assert read_tables([more.plain(), ref.plain()], SPEC)["n"].to_pylist() == [100, *range(50)]
    assert read_tables([ref.plain()], SPEC, ["word"]).column_names == ["word"]
    assert read_tables([], SPEC).schema == SPEC.arrow


def test_tables_that_come_side_by_side_are_written_as_whole_ones(tmp_path: Path) -> None:
    words = Table("words", "Words.", (Column("word", pa.string(), "Word."),))

    def pieces() -> Iterator[tuple[pa.Table, pa.Table]]:
        for start in range(0, 50, 20):
            piece = ROWS.slice(start, 20)
            yield piece, piece.select(["word"])

    outputs = [(SPEC, tmp_path / "things", "part-00000"), (words, tmp_path / "words", "part-00000")]
    things, found = write_pieces(pieces(), outputs)
    assert (read_table(things, verify=True).to_pydict(), things.rows) == (ROWS.to_pydict(), 50)
    assert read_table(found, verify=True)["word"].to_pylist() == ROWS["word"].to_pylist()
    assert write_pieces(pieces(), outputs) == [things, found]
    assert [read_table(ref).schema for ref in write_pieces([], outputs)] == [SPEC.arrow, words.arrow]


def test_a_piece_is_read_without_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "GROUP_ROWS", 8)
    cuts = [0, 20, 20, 33, 50]
    pieces = [[ROWS.slice(start, stop - start)] for start, stop in pairwise(cuts)]
    (ref,) = write_pieces(pieces, [(SPEC, tmp_path / "things", "part-00000")])
    for start, stop in pairwise(cuts):
        assert read_stretch(ref, start, stop).to_pydict() == ROWS.slice(start, stop - start).to_pydict()
    assert read_stretch(ref.plain(), 20, 50, ["word"]).to_pydict() == ROWS.slice(20).select(["word"]).to_pydict()
    for first, last in ((0, 19), (1, 20), (5, 5 + 8), (20, 51), (60, 70)):
        with pytest.raises(DamagedFile, match="cannot be trusted"):
            read_stretch(ref, first, last)
    content = bytearray(Path(ref.path).read_bytes())
    content[40] ^= 1
    with pytest.raises(DamagedFile):
        read_stretch(damaged(ref, bytes(content)), 0, 20)
    Path(ref.path).unlink()
    with pytest.raises(DamagedFile):
        read_stretch(ref, 0, 20)


def test_a_piece_that_cannot_be_made_leaves_no_file(tmp_path: Path) -> None:
    def pieces() -> Iterator[list[pa.Table]]:
        yield [ROWS]
        raise DataRefused("the second piece cannot be made")

    with pytest.raises(DataRefused):
        write_pieces(pieces(), [(SPEC, tmp_path / "things", "part-00000")])
    assert not list((tmp_path / "things").iterdir())


def test_the_columns_of_a_file_are_told_without_its_rows(ref: FileRef) -> None:
    assert column_names(ref) == ["n", "word"]
    with pytest.raises(DataRefused):
        column_names(damaged(ref, b"PAR1 and no footer"))


def test_pieces_hold_the_columns_and_the_parts_of_columns_that_are_named(tmp_path: Path) -> None:
    proof = pa.list_(pa.struct([("source", pa.string()), ("seen", pa.int64()), ("relation", pa.string())]))
    spec = Table("proven", "Things.", (Column("n", pa.int64(), "Number.", nullable=False), Column("proof", proof, "Proof.")))
    rows = [[{"source": f"s{n}", "seen": n, "relation": "same"}] if n % 3 else [] for n in range(50)]
    ref = write_table(pa.table({"n": list(range(50)), "proof": rows}, schema=spec.arrow), spec, tmp_path / "proven", "part-00000")
    parts = ("proof.list.element.source", "proof.list.element.seen")
    pieces = list(read_batches(ref, ["n", *parts], 20))
    assert [len(piece) for piece in pieces] == [20, 20, 10]
    whole = pa.concat_tables(pieces)
    assert whole.column_names == ["n", "proof"]
    assert whole["n"].to_pylist() == list(range(50))
    assert whole["proof"].to_pylist() == [[{"source": e["source"], "seen": e["seen"]} for e in row] for row in rows]


def test_an_empty_file_is_one_empty_piece_of_the_columns_that_are_named(tmp_path: Path) -> None:
    proof = pa.list_(pa.struct([("source", pa.string()), ("seen", pa.int64())]))
    columns = (Column("word", pa.string(), "Word."), Column("n", pa.int64(), "Number."), Column("proof", proof, "Proof."))
    spec = Table("proven", "Things.", columns)
    ref = write_table(spec.empty(), spec, tmp_path / "proven", "part-00000")
    (piece,) = read_batches(ref, ["n", "word", "proof.list.element.seen"], 20, ["word"])
    assert piece.column_names == ["n", "word", "proof"]
    assert len(piece) == 0
    assert [field.name for field in piece.schema.field("proof").type.value_type] == ["seen"]
    assert pa.types.is_dictionary(piece.schema.field("word").type)


def test_a_file_is_hashed_before_its_pieces_are_read(ref: FileRef) -> None:
    other = write_table(ROWS.slice(0, 49), SPEC, Path(ref.path).parent, "part-00000")
    swapped = FileRef(other.path, ref.rows, other.bytes, ref.sha256)
    for verify in (True, False):
        with pytest.raises(DataRefused):
            list(read_batches(swapped, ["n"], 20, verify=verify))


def test_rows_between_two_keys_come_with_little_else(tmp_path: Path) -> None:
    columns = (Column("account_id", pa.string(), "Id.", "key", nullable=False), Column("n", pa.int64(), "N."))
    spec = Table("t", "Rows.", columns, ("account_id",))
    pieces = [(pa.table({"account_id": [f"A{start + at}" for at in range(10)], "n": range(10)}),) for start in range(10, 50, 10)]
    (ref,) = write_pieces(pieces, [(spec, tmp_path, "t")])
    assert read_between(ref, "account_id", "A20", "A29")["account_id"].to_pylist() == [f"A{number}" for number in range(20, 30)]
    assert len(read_between(ref.plain(), "account_id", "A19", "A30")) == 30
    assert len(read_between(ref, "account_id", "B", "C")) == 0
    Path(ref.path).write_bytes(Path(ref.path).read_bytes()[:-1])
    with pytest.raises(DamagedFile):
        read_between(ref, "account_id", "A", "B")
    Path(ref.path).unlink()
    with pytest.raises(DamagedFile):
        read_between(ref, "account_id", "A", "B")


def test_a_file_is_hashed_again(ref: FileRef) -> None:
    verify_file(ref)
    content = bytearray(Path(ref.path).read_bytes())
    content[len(content) // 2] ^= 1
    damaged(ref, bytes(content))
    with pytest.raises(DamagedFile, match="cannot be trusted"):
        verify_file(ref)
    Path(ref.path).unlink()
    with pytest.raises(DamagedFile):
        verify_file(ref)
