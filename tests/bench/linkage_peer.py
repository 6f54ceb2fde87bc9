"""Runs the peer as a program of its own, and reads the tables and the account of itself that it leaves.

    PEER=/path/to/peer.py          called as `peer.py DATA_SET --out FOLDER --rules NAME`; prints one JSON object
    PEER_PYTHON=/path/to/python    the interpreter that has what the peer needs (default: this one)

The peer is tried with each of its rule sets. The better one, judged with the truth in view, stands for it.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from tests.bench.linkage_product import ROOT
from tests.bench.linkage_truth import LINK_COLUMNS

RULES = ("tight8", "tight10")
OWN_RUNNER = Path(__file__).with_name("linkage_splink.py")


@dataclass(frozen=True)
class PeerRun:
    """One run of the peer: its links, and what it printed about itself."""

    rules: str
    links: pa.Table
    said: Mapping[str, Any]


def interpreter(environ: Mapping[str, str]) -> tuple[str | None, str]:
    """(an interpreter that has the peer's libraries, or None and the reason)."""
    python = environ.get("PEER_PYTHON") or sys.executable
    if not _has_libraries(python):
        return None, "the peer is not installed: pip install 'skiptrace[peers]', or PEER_PYTHON= an interpreter that has it"
    return python, ""


@lru_cache(maxsize=4)
def _has_libraries(python: str) -> bool:
    try:
        done = subprocess.run([python, "-c", "import splink, duckdb, nicknames"], capture_output=True, check=False)
    except OSError:
        return False
    return done.returncode == 0


def unavailable(environ: Mapping[str, str]) -> str:
    """Why the peer cannot run; empty where it can."""
    if not environ.get("PEER"):
        return "PEER is not set"
    if not Path(environ["PEER"]).is_file():
        return "PEER names no program"
    return interpreter(environ)[1]


def run_peer(environ: Mapping[str, str], data: Path, out: Path, rules: str) -> tuple[PeerRun | None, str]:
    """The peer on one data set; (None, reason) where it cannot run or failed."""
    reason = unavailable(environ)
    return (None, reason) if reason else run_program(environ, Path(environ["PEER"]), data, out, rules)


def run_program(environ: Mapping[str, str], program: Path, data: Path, out: Path, rules: str) -> tuple[PeerRun | None, str]:
    """A peer's program, PEER or our own runner of the same library."""
    python, reason = interpreter(environ)
    if python is None:
        return None, reason
    command = [python, str(program), str(data), "--out", str(out), "--rules", rules]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    if done.returncode:
        lines = done.stderr.strip().splitlines() or [""]  # the last line names the error; it holds no person's data
        return None, f"the peer ended with {done.returncode}: {_kind(lines)}"
    said = json.loads(done.stdout.strip().splitlines()[-1])
    files = sorted((out / "links").glob("*.parquet"))
    return PeerRun(rules, pa.concat_tables(pq.read_table(file, columns=list(LINK_COLUMNS)) for file in files), said), ""


def _kind(lines: list[str]) -> str:
    """The class of the error that a traceback ends with, without its text."""
    named = [found[1] for line in lines if (found := re.match(r"(?:\w+\.)*(\w+)(?::|$)", line))]
    return named[-1] if named else "no reason given"
