from __future__ import annotations

import os
import sys
from pathlib import Path

from tests.bench.scale import folder_bytes
from tests.bench.watching import watch

COMMAND = """
import sys, time
print("first: 1 done", file=sys.stderr, flush=True)
held = bytearray(60_000_000)
open(sys.argv[1], "wb").write(held)
time.sleep(0.5)
print("second: 3 done", file=sys.stderr, flush=True)
print("something else", file=sys.stderr, flush=True)
sys.exit(3)
"""


def test_what_a_process_holds_and_moves_is_laid_to_its_step(tmp_path: Path) -> None:
    command = [sys.executable, "-c", COMMAND, str(tmp_path / "file")]
    seen = watch(command, tmp_path, os.environ, lambda: {"all": folder_bytes(tmp_path)}, None)
    assert (seen.code, seen.said) == (3, ["something else"])
    assert {"first", "second"} <= set(seen.step_seconds)
    assert 60_000_000 < seen.steps["second"]["driver"].private < 200_000_000
    assert seen.peak("driver").private <= seen.peak("driver").resident
    assert seen.moved["wchar"] >= 60_000_000
    assert seen.cpu < seen.wall + 5


def test_the_kernel_refuses_more_than_the_limit(tmp_path: Path) -> None:
    seen = watch([sys.executable, "-c", "x = bytearray(900_000_000)"], tmp_path, os.environ, dict, 500_000_000)
    assert seen.code == 1
    assert "MemoryError" in seen.said[-1]
