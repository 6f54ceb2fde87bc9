from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from skiptrace.errors import DamagedFile
from skiptrace.store.columns import read_columns, write_columns
from skiptrace.store.objects import ObjectPath

TABLE = pa.table({"number": [1, 2, 3], "name": pa.array(["a", None, "a"]).dictionary_encode()})


def test_columns_come_back_and_equal_ones_are_one_file(tmp_path: Path) -> None:
    one, two = (write_columns(table, tmp_path, "part") for table in (TABLE, pa.concat_tables([TABLE.slice(0, 1), TABLE.slice(1)])))
    assert one == two
    assert read_columns(one.plain()).equals(TABLE)
    assert (one.rows, len(list(tmp_path.iterdir()))) == (3, 1)
    assert Path(one.path).stat().st_mode & 0o077 == 0


def test_no_rows_are_columns_too(tmp_path: Path) -> None:
    assert read_columns(write_columns(TABLE.slice(0, 0), tmp_path, "none").plain()).equals(TABLE.slice(0, 0))


@pytest.mark.parametrize(("damage", "told"), [("flip", "not the file"), ("cut", "not the file"), ("gone", "is gone")])
def test_a_damaged_file_is_refused(damage: str, told: str, tmp_path: Path) -> None:
    ref = write_columns(TABLE, tmp_path, "part")
    file = Path(ref.path)
    content = bytearray(file.read_bytes())
    file.unlink()
    if damage == "flip":
        content[len(content) // 2] ^= 1
    if damage != "gone":
        file.write_bytes(content if damage == "flip" else content[:-3])
    with pytest.raises(DamagedFile, match=f"(?s){told}"):
        read_columns(ref.plain())


def test_columns_lie_on_an_object_store_too(store: ObjectPath) -> None:
    ref = write_columns(TABLE, store / "work", "part")
    assert ref.path.startswith("s3://")
    assert read_columns(ref.plain()).equals(TABLE)
