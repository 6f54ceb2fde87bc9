"""How long `--help` takes, of the program and of each command: the median of the CPU seconds of five calls, each a process of its own.

    python -m tests.bench.help
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys

from jobs.reference.commands import commands
from tests.bench.report import Figure, print_bench

CALLS = 5
MOST_SECONDS = 0.3


def cpu(words: list[str]) -> float:
    """CPU seconds of one call, the interpreter's own start in it."""
    process = subprocess.Popen([sys.executable, "-m", "jobs.cli", *words, "--help"], stdout=subprocess.DEVNULL)
    _, status, spent = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"--help of {' '.join(words) or 'skiptrace'} ended with {process.returncode}")
    return spent.ru_utime + spent.ru_stime


def measured(words: list[str]) -> float:
    """The median of several calls."""
    return round(statistics.median(cpu(words) for _ in range(CALLS)), 3)


def main() -> list[Figure]:
    """Measure and print."""
    every = [[], *(words.split() for words, _ in commands())]
    figures = [
        Figure("_".join(words) or "skiptrace", measured(words), "CPU s", MOST_SECONDS, at_most=True) for words in every
    ]
    print_bench("help", figures)
    return figures


if __name__ == "__main__":
    main()
