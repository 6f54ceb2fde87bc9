from __future__ import annotations

from pathlib import Path

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from skiptrace.errors import DataRefused
from skiptrace.intake.reading import describe, read
from skiptrace.project.limits import Limits
from skiptrace.store.inputs import InputFile, expand

TABLE = pa.table({"id": pa.array(range(100), pa.int64()), "name": [f"PERSON {number}" for number in range(100)]})


def parquet(folder: Path, table: pa.Table = TABLE, **options: object) -> InputFile:
    pq.write_table(table, folder / "tape.parquet", **options)
    return expand("tape.parquet", folder)[0]


def test_the_shape_is_told_from_the_footer(tmp_path: Path) -> None:
    shape = describe(parquet(tmp_path, row_group_size=30))
    assert (shape.rows, shape.row_groups) == (100, (30, 30, 30, 10))
    assert shape.columns.types == [pa.int64(), pa.string()]


@pytest.mark.parametrize(("start", "stop"), [(0, 100), (0, 0), (29, 31), (30, 60), (95, 100), (10, 80)])
def test_any_range_is_read_across_row_groups(tmp_path: Path, start: int, stop: int) -> None:
    file = parquet(tmp_path, row_group_size=30)
    assert read(file, slice(start, stop)).equals(TABLE.slice(start, stop - start))
    assert read(file, slice(start, stop), ["name"]).to_pydict() == {"name": TABLE["name"].to_pylist()[start:stop]}


def test_a_url_is_read_like_a_file(tmp_path: Path) -> None:
    parquet(tmp_path)
    system = fsspec.filesystem("memory")
    system.pipe("/reading/tape.parquet", (tmp_path / "tape.parquet").read_bytes())
    try:
        (file,) = expand("memory://reading/tape.parquet", tmp_path)
        assert read(file, slice(5, 7)).equals(TABLE.slice(5, 2))
    finally:
        system.rm("/reading", recursive=True)


@pytest.mark.parametrize("keep", [4, 50, -1, -8])
def test_a_truncated_file_is_refused_by_name(tmp_path: Path, keep: int) -> None:
    content = (tmp_path / parquet(tmp_path).name).read_bytes()[:keep]
    (tmp_path / "tape.parquet").write_bytes(content)
    with pytest.raises(DataRefused, match=r"tape\.parquet: is not a whole Parquet file") as caught:
        describe(expand("tape.parquet", tmp_path)[0])
    assert caught.value.exit_code == 3
    assert caught.value.problems[0].mend


def test_a_flipped_bit_is_found_where_pages_have_checksums(tmp_path: Path) -> None:
    file = parquet(tmp_path, write_page_checksum=True, compression="none", use_dictionary=False)
    content = bytearray((tmp_path / "tape.parquet").read_bytes())
    content[content.index(b"PERSON 50")] ^= 1
    (tmp_path / "tape.parquet").write_bytes(bytes(content))
    assert describe(file).rows == 100
    with pytest.raises(DataRefused, match="damaged") as caught:
        read(file, slice(0, 100))
    assert "PERSON" not in str(caught.value)


def test_text_that_calls_itself_parquet(tmp_path: Path) -> None:
    (tmp_path / "tape.parquet").write_text("account_id,name\n1,SECRET\n")
    with pytest.raises(DataRefused) as caught:
        describe(expand("tape.parquet", tmp_path)[0])
    assert "SECRET" not in str(caught.value)


@pytest.mark.parametrize(("name", "shown"), [("tape.pdf", ".pdf"), ("tape.pdf.gz", ".pdf"), ("tape", ".unknown")])
def test_other_formats_are_refused_with_what_to_do(tmp_path: Path, name: str, shown: str) -> None:
    (tmp_path / name).write_bytes(b"PK")
    with pytest.raises(DataRefused) as caught:
        describe(expand(name, tmp_path)[0])
    assert f"{name}: {shown} files are not read — save it as Parquet or CSV" in str(caught.value)


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (pa.table({"a": [1], "A": [2]}), "differ in capitals"),
        (pa.table([[1], [2]], names=["a", "a"]), "differ in capitals"),
        (pa.table({}), "has no columns"),
        (pa.table({f"c{number}": [1] for number in range(513)}), "more than 512 columns"),
    ],
)
def test_shapes_that_are_refused(tmp_path: Path, table: pa.Table, said: str) -> None:
    with pytest.raises(DataRefused, match=said):
        describe(parquet(tmp_path, table))


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        ({"rows": 99}, r"more than 99 rows \(limits.rows\)"),
        ({"row_groups": 3}, r"more than 3 row groups \(limits.row_groups\)"),
        ({"rows_per_group": 29}, r"more than 29 rows in a row group \(limits.rows_per_group\)"),
        ({"columns": 1}, r"more than 1 columns \(limits.columns\)"),
    ],
)
def test_a_file_beyond_a_limit_is_refused_with_its_name(tmp_path: Path, limits: dict[str, int], said: str) -> None:
    with pytest.raises(DataRefused, match=said):
        describe(parquet(tmp_path, row_group_size=30), limits=Limits(**limits))


def test_a_file_that_changed_after_it_was_described(tmp_path: Path) -> None:
    file = parquet(tmp_path)
    parquet(tmp_path, TABLE.slice(0, 10))
    with pytest.raises(DataRefused, match="a moment ago"):
        read(file, slice(0, 100))
