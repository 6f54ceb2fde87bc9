from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from skiptrace.intake import gate_child
from skiptrace.intake.gate_child import answered, budget
from skiptrace.project.limits import Limits

LIMITS = Limits().model_dump(mode="json")


def request(path: Path, format: str = "csv", packing: str = "") -> dict[str, object]:
    return {"url": str(path), "bytes": path.stat().st_size, "format": format, "packing": packing, "sheet": None}


def test_it_answers_a_line_for_a_line_and_loads_nothing_of_the_product(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"a\n1\n")
    (tmp_path / "b.csv").write_bytes(b"%PDF-1.7")
    lines = [LIMITS, request(tmp_path / "a.csv"), request(tmp_path / "b.csv")]
    text = "".join(json.dumps(line) + "\n" for line in lines)
    place = str(Path(gate_child.__file__))
    done = subprocess.run([sys.executable, "-I", "-X", "importtime", place], input=text, capture_output=True, text=True, check=True)
    first, second = map(json.loads, done.stdout.splitlines())
    assert first == {"members": []}
    assert second["what"] == "is a PDF, and not what its name says"
    loaded = {line.rsplit("|")[-1].strip() for line in done.stderr.splitlines()}
    assert not {name for name in loaded if name.startswith(("skiptrace", "pyarrow", "numpy", "fsspec"))}


def test_the_limits_of_what_a_file_unpacks_to() -> None:
    limits = Limits(expansion=10, expansion_from=1000, unpacked_bytes=5000).model_dump(mode="json")
    assert budget(1, limits) == (1000, "limits.expansion")
    assert budget(200, limits) == (2000, "limits.expansion")
    assert budget(10_000, limits) == (5000, "limits.unpacked_bytes")


def test_a_file_that_went_away(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"a")
    asked = request(tmp_path / "a.csv")
    (tmp_path / "a.csv").unlink()
    assert "went away" in answered(asked, LIMITS)["what"]


@pytest.mark.parametrize("limits", [{"rows": 9}, {"row_groups": 4}, {"rows_per_group": 1}, {"columns": 1}, {"unpacked_bytes": 10}])
def test_the_footer_is_judged_by_each_limit(tmp_path: Path, limits: dict[str, int]) -> None:
    pq.write_table(pa.table({"a": range(10), "b": range(10)}), tmp_path / "a.parquet", row_group_size=2)
    asked = request(tmp_path / "a.parquet", "parquet")
    assert answered(asked, LIMITS) == {"members": []}
    assert f"limits.{next(iter(limits))}" in answered(asked, {**LIMITS, **limits})["what"]


def test_text_that_is_no_text_is_found_before_rows_are_taken(tmp_path: Path) -> None:
    odd = pa.StringArray.from_buffers(1, pa.py_buffer(b"\0\0\0\0\2\0\0\0"), pa.py_buffer(b"\xff\xfe"))
    pq.write_table(pa.table({"a": odd}), tmp_path / "a.parquet")
    assert "not a whole Parquet file" in answered(request(tmp_path / "a.parquet", "parquet"), LIMITS)["what"]
