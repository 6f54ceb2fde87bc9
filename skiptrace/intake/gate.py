"""The gate: what every file from outside passes before this process opens it.

Size, then hash (and the checksum that was delivered beside the file, if one was), then a first opening in a process of its own
with limits on memory and time (`gate_child`). A file that kills that process, or keeps it too long, is refused like any other.
One process serves all files that are looked at in a row; after a death the next file gets a new one.
"""

from __future__ import annotations

import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple

import fsspec

from skiptrace.errors import DataRefused, Problem
from skiptrace.intake.refusal import refused
from skiptrace.project.form import Form
from skiptrace.project.limits import Limits
from skiptrace.store.inputs import InputFile, checksum_beside, fingerprint, format_of, safe_name

_CHILD = Path(__file__).with_name("gate_child.py")
_WALL = 4
"""Wall time is this many times the processor time that is allowed: other work may be going on."""


class Admitted(NamedTuple):
    """Files that may be opened, each with the SHA-256 of what was delivered; of a zip, its members."""

    files: tuple[InputFile, ...]
    hashes: tuple[str, ...]


class Gate:
    """The gate for any number of files; a context, so that its process ends."""

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Gate:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._end()

    def admit(self, files: Sequence[InputFile], form: Form | None = None, said: str | None = None) -> Admitted:
        """Every file of a delivery, or DataRefused (exit 3) with what is wrong with each that is refused. `said`: the text of the
        expressions that will read it; of a Parquet file only columns that they may name are decoded (None: all)."""
        form = form or Form()
        admitted: list[InputFile] = []
        hashes: list[str] = []
        problems: list[Problem] = []
        for file in files:
            try:
                found = self._one(file, form, said)
            except DataRefused as error:
                problems += error.problems
                continue
            admitted += found.files
            hashes += found.hashes
        if problems:
            raise DataRefused("a delivered file cannot be used", tuple(problems))
        return Admitted(tuple(admitted), tuple(hashes))

    def _one(self, file: InputFile, form: Form, said: str | None) -> Admitted:
        if file.bytes > self._limits.file_bytes:
            what = f"is larger than {self._limits.file_bytes:,} bytes (limits.file_bytes)"
            raise refused(file, what, "split it, or raise limits.file_bytes")
        sha256 = fingerprint(file)
        stated = checksum_beside(file)
        if stated is not None and stated != sha256:
            raise refused(file, "is not the file that the checksum beside it was made of", "have it delivered again")
        kind = form.format or ("fixed" if form.layout or form.fields else file.format)
        answer = self._asked(file, kind, form.sheet, said)
        if "what" in answer:
            raise refused(file, answer["what"], answer["mend"])
        if not answer["members"]:
            return Admitted((file,), (sha256,))
        members = tuple(
            replace(file, name=safe_name(f"{file.name}/{name}"), format=format_of(name), member=name) for name, _ in answer["members"]
        )
        return Admitted(members, (sha256,) * len(members))

    def _asked(self, file: InputFile, kind: str, sheet: str | None, said: str | None) -> dict[str, Any]:
        process = self._process or self._start()
        url, held = _reachable(file)
        request = {"url": url, "bytes": file.bytes, "format": kind, "packing": file.packing, "sheet": sheet, "said": said}
        if held is not None:  # a file of this process's own memory: handed over in one that the other can open
            request["url"] = f"/proc/{os.getpid()}/fd/{held}"
        seconds = _WALL * (self._limits.seconds + file.bytes // self._limits.bytes_per_second)
        try:
            line = _exchanged(process, json.dumps(request) + "\n", seconds)
        except BaseException:
            self._end()  # its answer would be taken for that to the next file
            raise
        finally:
            if held is not None:
                os.close(held)
        if line:
            return dict(json.loads(line))
        code = self._end()
        if line is None or code == -signal.SIGXCPU:
            return {"what": "takes longer to be read than limits.seconds allows", "mend": "split it, or raise limits.seconds"}
        what = "ends the process that reads it: it is damaged, or made to do harm, or needs more than limits.memory"
        return {"what": what, "mend": "have it delivered again, or raise limits.memory"}

    def _start(self) -> subprocess.Popen[str]:
        environment = {**os.environ, "ARROW_DEFAULT_MEMORY_POOL": "system", "OMP_NUM_THREADS": "1"}
        self._process = subprocess.Popen(  # noqa: S603 # nosec B603 # this interpreter and a file of this package
            [sys.executable, "-I", str(_CHILD)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            text=True, env=environment,
        )  # fmt: skip
        _written(self._process, json.dumps(self._limits.model_dump(mode="json")) + "\n")
        return self._process

    def _end(self) -> int:
        """End the process; returns its exit code."""
        process, self._process = self._process, None
        if process is None:
            return 0
        try:
            if process.stdin is not None:
                process.stdin.close()
        except OSError:
            pass  # what was not read before it ended
        try:
            code = process.wait(0.5)
        except subprocess.TimeoutExpired:
            process.kill()
            code = process.wait()
        if process.stdout is not None:
            process.stdout.close()
        return code


def _written(process: subprocess.Popen[str], text: str) -> None:
    if process.stdin is not None:
        try:
            process.stdin.write(text)
            process.stdin.flush()
        except OSError:
            pass  # it has ended: what it does not answer says so


def _exchanged(process: subprocess.Popen[str], text: str, seconds: float) -> str | None:
    """The answer; None where there is none in time, '' where the process has ended."""
    _written(process, text)
    if process.stdout is None:
        return ""
    end = time.monotonic() + seconds
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while (left := end - time.monotonic()) > 0:
            if selector.select(left):
                return process.stdout.readline()
    return None


def _reachable(file: InputFile) -> tuple[str, int | None]:
    """How another process opens the file: its place, or an open file of this one with its bytes."""
    if not file.url.startswith("memory://"):
        return file.url, None
    held = os.memfd_create("delivered")
    with fsspec.open(file.url, "rb") as stream, open(held, "wb", closefd=False) as copy:
        copy.write(stream.read())
    return "", held
