from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jobs.evaluation.truth import read_truth
from skiptrace.errors import ConfigError, DataRefused

HEAD = "account_id,source,record_id,current_address\n"


def file(tmp_path: Path, text: str, name: str = "t.csv") -> Path:
    (tmp_path / name).write_text(text)
    return tmp_path / name


def test_ids_of_a_csv_keep_their_zeros_and_half_pairs_are_counted(tmp_path: Path) -> None:
    rows = "0001,header,007,\n0001,header,007,\n 0002 ,,,\n0003,header,,\n,header,9,\n"
    truth = read_truth(file(tmp_path, HEAD + rows))
    assert truth.pairs.to_pylist() == [{"account_id": "0001", "source": "header", "record_id": "007"}]
    assert truth.accounts.to_pylist() == ["0001", "0002", "0003"]
    assert truth.incomplete == 2


def test_numbers_of_a_parquet_file_are_read_as_texts(tmp_path: Path) -> None:
    table = pa.table({"account_id": [1, 2], "source": ["a", "b"], "record_id": [10, None], "more": [1.5, 2.5]})
    pq.write_table(table, tmp_path / "t.parquet")
    truth = read_truth(tmp_path / "t.parquet")
    assert truth.pairs.to_pylist() == [{"account_id": "1", "source": "a", "record_id": "10"}]
    assert truth.addresses.num_rows == 0


def test_addresses_are_made_canonical_and_the_first_known_one_counts(tmp_path: Path) -> None:
    rows = 'a,s,1,\na,s,2,"123 North Main Street Apt 4, Seattle, WA 98101"\na,s,3,"9 OAK ST, SALEM, OR 97301"\n'
    assert read_truth(file(tmp_path, HEAD + rows)).addresses.to_pylist() == [
        {"account_id": "a", "address": "123 N MAIN ST APT 4, SEATTLE, WA 98101"}
    ]


def test_a_tab_separated_file_is_read(tmp_path: Path) -> None:
    assert read_truth(file(tmp_path, "account_id\tsource\trecord_id\na\ts\t1\n", "t.tsv")).pairs.num_rows == 1


@pytest.mark.parametrize(
    ("name", "text", "kind", "said"),
    [
        ("t.csv", "account_id,source\na,s\n", ConfigError, "lacks the column record_id"),
        ("t.csv", HEAD, DataRefused, "holds no rows"),
        ("t.csv", HEAD + ",s,1,\n", DataRefused, "names no account"),
        ("t.csv", "", DataRefused, "0 bytes"),
        ("t.csv", HEAD + "a,b\n", DataRefused, "damaged"),
        ("t.parquet", "PAR1 not so", DataRefused, "damaged"),
        ("t.docx", "x", ConfigError, "neither Parquet nor CSV"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused(
    tmp_path: Path, name: str, text: str, kind: type[Exception], said: str
) -> None:
    with pytest.raises(kind, match=said):
        read_truth(file(tmp_path, text, name))


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="not found"):
        read_truth(tmp_path / "none.csv")
