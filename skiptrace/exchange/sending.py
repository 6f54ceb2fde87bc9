"""One file delivered: the file whole under its name, then its control file. Whoever waits for control files never reads a part, and an
attempt that was cut goes on where it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from skiptrace.exchange import control
from skiptrace.exchange.boxes import Box
from skiptrace.ids import file_digest
from skiptrace.store import points
from skiptrace.store.commit import temporary_in
from skiptrace.store.disk import storing, write_bytes


@dataclass(frozen=True)
class Parcel:
    """A file that is to be delivered: where it is on this machine, its name there, its rows, bytes and SHA-256 (hex)."""

    file: Path
    name: str
    rows: int
    bytes: int
    sha256: str


def named(file: str, day: str | None, suffix: str) -> str:
    """The name of a file at the partner's: `dialer-001.csv` of a day is `dialer-001-2026-06-30.csv`, with the suffix of what seals it."""
    stem, dot, rest = file.partition(".")
    return f"{stem}{f'-{day}' if day else ''}{dot}{rest}{suffix}"


def send(box: Box, parcel: Parcel, scratch: Path) -> bool:
    """Deliver a file; returns whether its bytes were sent by this call: a file that is there whole is not sent again. `scratch` is a
    private folder. Raises as `Box`.

    The control file of an earlier file of the name goes first, so that it never stands beside another file."""
    there = box.size(parcel.name) == parcel.bytes and box.digest(parcel.name) == parcel.sha256
    if not there:
        box.remove(parcel.name + control.SUFFIX)
        points.passed("before-send")
        box.send(parcel.file, parcel.name, parcel.sha256)
        points.passed("sent")
    said = control.control_bytes(parcel.name, parcel.rows, parcel.bytes, parcel.sha256)
    with storing(scratch):
        temporary = temporary_in(scratch)
        write_bytes(temporary, said)
    try:
        box.send(temporary, parcel.name + control.SUFFIX, file_digest(temporary))
    finally:
        temporary.unlink(missing_ok=True)
    points.passed("controlled")
    return not there
