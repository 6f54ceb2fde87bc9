from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

from jobs.exposure import guard

TELL = "import os, resource; print(oct(os.umask(0)), resource.getrlimit(resource.RLIMIT_CORE))"


def test_files_are_the_owners_alone_and_no_core_is_written(tmp_path: Path) -> None:
    os.umask(0o022)
    guard()
    (tmp_path / "a").write_bytes(b"x")
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o600
    assert resource.getrlimit(resource.RLIMIT_CORE) == (0, 0)


def test_a_process_that_it_starts_inherits_both() -> None:
    guard()
    done = subprocess.run([sys.executable, "-c", TELL], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["0o77", "(0,", "0)"]
