"""Files fetched from a box: only those that a control file says are complete, into a private file first, compared with it before
anything else is done with them.
"""

from __future__ import annotations

from pathlib import Path

from skiptrace.errors import DataRefused, Problem
from skiptrace.exchange import control
from skiptrace.exchange.boxes import SMALL, Box, refused
from skiptrace.exchange.control import Announced
from skiptrace.ids import file_digest
from skiptrace.store.inputs import safe_name


def announced(box: Box, pattern: str, most_files: int, scratch: Path) -> tuple[list[Announced], list[Problem], list[DataRefused]]:
    """The files of a pattern that their control files say are complete; what is odd about others; and those that cannot be what their
    control files say. `scratch`: a private folder.

    Raises DataRefused where more than `most_files` lie there, and as `Box`."""
    sizes = box.sizes()
    if len(sizes) > 2 * most_files:  # each with its control file
        what = f"has {len(sizes):,} files; at most {2 * most_files:,} are looked through"
        raise refused("inbox", what, "remove old ones, or raise most_files")
    pairs, odd = control.paired(sizes, pattern)
    found, wrong = [], []
    for name, control_name in pairs:
        try:
            found.append(control.read(control_name, _small(box, control_name, scratch), name, sizes[name]))
        except DataRefused as error:
            wrong.append(error)
    return found, odd, wrong


def fetch(box: Box, file: Announced, scratch: Path, most: int) -> Path:
    """Fetch a file into `scratch`, a fresh private folder; it is what its control file says, or nothing is left.

    Raises DataRefused where it is not, or has more than `most` bytes, and as `Box`."""
    target = scratch / "fetched"
    done = False
    try:
        box.fetch(file.name, target, most)
        if target.stat().st_size != file.bytes:
            what = f"has {target.stat().st_size:,} bytes; {file.bytes:,} were announced"
            raise refused(safe_name(file.name), what, "have it delivered again, the control file last")
        control.refuse_differing(file.name, file.sha256, file_digest(target))
        done = True
        return target
    finally:
        if not done:
            target.unlink(missing_ok=True)


def _small(box: Box, name: str, scratch: Path) -> bytes:
    target = scratch / "control"
    try:
        box.fetch(name, target, SMALL)
        return target.read_bytes()
    finally:
        target.unlink(missing_ok=True)
