from __future__ import annotations

import pickle
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from skiptrace.errors import DamagedFile, DataRefused, KeyRefused
from skiptrace.schema import Column, Table
from skiptrace.store.encrypted import is_encrypted, label_of, leaves
from skiptrace.store.keyring import of_portfolio, ring_of
from skiptrace.store.tables import FileRef, column_names, is_clear, read_batches, read_between, read_stretch, read_table, write_table
from tests.encrypted_home import give_masters, make_home, without_identity

EVIDENCE = pa.list_(pa.struct([("source", pa.string()), ("seen", pa.list_(pa.date32()))]))
SPEC = Table(
    "points", "A table of a test.",
    (
        Column("account_id", pa.string(), "The account.", "key", nullable=False),
        Column("value", pa.string(), "Who it is.", "personal"),
        Column("evidence", EVIDENCE, "Why.", "personal"),
        Column("words", pa.list_(pa.string()), "Words."),
        Column("score", pa.float64(), "How likely."),
    ),
    key=("account_id",),
)  # fmt: skip
TABLE = pa.table(
    {
        "account_id": [f"A{n:03d}" for n in range(300)], "value": [f"CANARY-{n}" for n in range(300)],
        "evidence": [[{"source": "CANARY-SOURCE", "seen": []}]] * 300, "words": [["open"]] * 300, "score": [n / 300 for n in range(300)],
    },
    schema=SPEC.arrow,
)  # fmt: skip


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    give_masters(monkeypatch)
    return make_home(tmp_path / "home", "spring.csv")


@pytest.fixture
def ref(home: Path) -> FileRef:
    return write_table(TABLE, SPEC, home / "runs" / "r1" / "points", "part-00000")


def test_a_table_of_an_encrypted_project_reads_as_it_was_and_holds_nothing_in_clear(ref: FileRef) -> None:
    content = Path(ref.path).read_bytes()
    assert content[:4] == content[-4:] == b"PARE"
    assert b"CANARY" not in content
    assert b"account_id" not in content
    assert read_table(ref, verify=True).equals(TABLE)
    assert column_names(ref) == TABLE.column_names
    assert read_table(ref, ["score"]).equals(TABLE.select(["score"]))
    assert read_between(ref, "account_id", "A100", "A101").num_rows == 300
    assert read_stretch(ref, 0, 300).equals(TABLE)
    assert pa.concat_tables(read_batches(ref, ["value", "evidence.list.element.source"], 100)).num_rows == 300


def test_equal_tables_give_other_bytes_with_equal_rows(home: Path, ref: FileRef) -> None:
    again = write_table(TABLE, SPEC, home / "runs" / "r1" / "points", "part-00000")
    assert again.sha256 != ref.sha256
    assert read_table(again).equals(read_table(ref))


def test_without_the_identity_key_the_other_columns_are_read(ref: FileRef, monkeypatch: pytest.MonkeyPatch) -> None:
    without_identity(monkeypatch)
    assert column_names(ref) == TABLE.column_names
    assert read_table(ref, ["account_id", "words", "score"]).equals(TABLE.select(["account_id", "words", "score"]))
    for columns in (["value"], ["evidence"], None):
        with pytest.raises(KeyRefused, match="the identity key of the project cannot be had") as caught:
            read_table(ref, columns)
        assert "CANARY" not in str(caught.value)
    with pytest.raises(KeyRefused):
        list(read_batches(ref, ["value"], 100))
    with pytest.raises(KeyRefused):
        write_table(TABLE, SPEC, Path(ref.path).parent, "part-00001")


def test_without_any_key_nothing_of_it_is_read(ref: FileRef, monkeypatch: pytest.MonkeyPatch) -> None:
    without_identity(monkeypatch)
    monkeypatch.delenv("SKIPTRACE_TEST_MASTER")
    for read in (lambda: read_table(ref, ["score"]), lambda: column_names(ref)):
        with pytest.raises(KeyRefused, match="the facts key of the project cannot be had"):
            read()
    with pytest.raises(OSError, match="encrypted"):
        pq.read_table(ref.path)


def test_a_file_that_lost_its_keyring_is_told(ref: FileRef, tmp_path: Path) -> None:
    elsewhere = tmp_path / Path(ref.path).name
    elsewhere.write_bytes(Path(ref.path).read_bytes())
    with pytest.raises(KeyRefused, match="has no keyring"):
        read_table(FileRef(str(elsewhere), ref.rows, ref.bytes, ref.sha256))


def test_a_file_says_whose_key_it_has(home: Path, ref: FileRef) -> None:
    with of_portfolio("portfolio:spring.csv"):
        own = write_table(TABLE, SPEC, home / "runs" / "r1" / "points", "part-00002")
    assert label_of(own.path, Path(own.path)) == "portfolio:spring.csv"
    assert label_of(ref.path, Path(ref.path)) is None
    assert read_table(own).equals(TABLE)


def test_files_of_before_are_read_as_they_are(home: Path, tmp_path: Path) -> None:
    clear = write_table(TABLE, SPEC, tmp_path / "clear", "part-00000")
    assert is_clear(clear)
    assert not is_encrypted(Path(clear.path))
    (home / "runs").mkdir()
    moved = home / "runs" / Path(clear.path).name
    moved.write_bytes(Path(clear.path).read_bytes())
    assert read_table(FileRef(str(moved), clear.rows, clear.bytes, clear.sha256)).equals(TABLE)


def test_a_table_without_identity_columns_needs_one_key_alone(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without_identity(monkeypatch)
    spec = Table("scores", "A table of a test.", (SPEC.columns[0], SPEC.columns[4]), ("account_id",))
    ref = write_table(TABLE.select(list(spec.names)), spec, home / ".skiptrace" / "work", "part-00000")
    assert not is_clear(ref)
    assert read_table(ref).num_rows == 300


def test_a_flipped_bit_is_never_read_in_silence(ref: FileRef) -> None:
    path = Path(ref.path)
    whole = path.read_bytes()
    for at in range(0, len(whole), max(1, len(whole) // 60)):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 4]) + whole[at + 1 :])
        try:
            assert read_table(ref).equals(TABLE)  # a bit that nothing depends on
        except (DataRefused, KeyRefused):
            continue
    path.write_bytes(whole)
    assert read_table(ref).equals(TABLE)


def test_a_torn_file_is_damaged_whatever_its_keys(ref: FileRef) -> None:
    path = Path(ref.path)
    path.write_bytes(path.read_bytes()[:-200] + b"\0" * 200)
    with pytest.raises(DamagedFile):
        read_table(ref)


def test_nested_columns_are_named_to_their_ends() -> None:
    assert list(leaves("evidence", EVIDENCE)) == ["evidence.list.element.source", "evidence.list.element.seen.list.element"]
    assert list(leaves("score", pa.float64())) == ["score"]


def test_no_reference_to_a_file_holds_a_key(home: Path, ref: FileRef) -> None:
    ring = ring_of(home / "runs")
    assert ring is not None
    told = pickle.dumps(ref)
    assert all(ring.key(key, role) not in told for key in ring.labels.values() for role in ("facts", "identity"))
