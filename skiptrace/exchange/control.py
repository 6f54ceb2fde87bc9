"""Control files: the word that a delivered file is complete, and what it must be. Ours is `<name>.control.json` with the file's name,
rows, bytes and SHA-256; a `<name>.sha256` as sha256sum writes it is understood as well.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Final

from skiptrace.errors import Problem
from skiptrace.exchange.boxes import refused
from skiptrace.store.commit import encode_json
from skiptrace.store.inputs import CHECKSUM, safe_name

SUFFIX: Final = ".control.json"
_SAFE: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 ()+,=@._-]{0,180}[A-Za-z0-9)])?")
_UNFINISHED: Final = (".part", ".filepart", ".tmp", ".writing")
_AGAIN: Final = "have it delivered again, the control file last"


@dataclass(frozen=True)
class Announced:
    """A file that its control file says is complete: its name, bytes and SHA-256 (hex), and rows where they are told. `problem`: why it
    cannot be taken."""

    name: str
    bytes: int
    sha256: str
    rows: int | None = None


def control_bytes(name: str, rows: int, size: int, sha256: str) -> bytes:
    """The control file of a file that we deliver."""
    return encode_json({"file": name, "rows": rows, "bytes": size, "sha256": sha256})


def is_safe(name: str) -> bool:
    """Whether a name of somebody else's may be the name of a file of ours: plain letters, no path, nothing hidden."""
    return bool(_SAFE.fullmatch(name)) and ".." not in name


def paired(sizes: dict[str, int], pattern: str) -> tuple[list[tuple[str, str]], list[Problem]]:
    """Which files have a control file, as pairs of names, by name; and what is odd: names that are not safe, a control file without its
    file, a file of the pattern without a control file. Hidden and unfinished files are passed over."""
    pairs, odd = [], []
    seen = sorted(name for name in sizes if not name.startswith((".", "_")) or "/" in name)
    for name in seen:
        told = safe_name(name)
        if not is_safe(name):
            if not name.endswith("/") and fnmatchcase(name.rsplit("/", 1)[-1], pattern):
                odd.append(Problem(told, "", "has a name that is not safe; it was not touched", "have it delivered under a plain name"))
        elif (of := _controlled(name)) is not None:
            if of not in sizes and _wanted(of, pattern):
                odd.append(Problem(told, "", "is a control file whose file is not there", _AGAIN))
        elif _wanted(name, pattern):
            control = next((name + suffix for suffix in (SUFFIX, CHECKSUM) if name + suffix in sizes), None)
            if control is None:
                what = "has no control file, so nobody says that it is complete; it was not taken"
                odd.append(Problem(told, "", what, f"wait for {told}{SUFFIX} or {told}{CHECKSUM}, or ask for it"))
            else:
                pairs.append((name, control))
    return pairs, odd


def read(control: str, content: bytes, name: str, size: int) -> Announced:
    """What a control file says of the file `name`, which has `size` bytes. Raises DataRefused where it cannot be read, is another file's,
    or names another size."""
    told = safe_name(control)
    if control.endswith(CHECKSUM):
        found = re.match(rb"\s*([0-9a-fA-F]{64})(?:[ \t]+\*?([^\r\n]+))?", content)
        if found is None:
            raise refused(told, "holds no SHA-256", "have it delivered again, as sha256sum writes it")
        whose = (found[2] or name.encode()).rsplit(b"/", 1)[-1].strip()
        if whose != name.encode():
            raise _other(told)
        return Announced(name, size, found[1].decode().lower())
    try:
        said: Any = json.loads(content)
        whose, sha256, bytes_, rows = said.get("file", name), str(said["sha256"]).lower(), said.get("bytes", size), said.get("rows")
    except (ValueError, KeyError, AttributeError, RecursionError):
        raise refused(told, "is no control file: it names no sha256", "see docs/exchange.md for its form") from None
    if whose != name:
        raise _other(told)
    if not re.fullmatch("[0-9a-f]{64}", sha256) or not isinstance(bytes_, int) or not (rows is None or isinstance(rows, int)):
        raise refused(told, "is no control file: sha256, bytes or rows is of the wrong kind", "see docs/exchange.md for its form")
    if bytes_ != size:
        raise refused(safe_name(name), f"has {size:,} bytes; its control file says {bytes_:,}", _AGAIN)
    return Announced(name, size, sha256, rows)


def refuse_differing(name: str, expected: str, found: str) -> None:
    """Raise DataRefused where a file is not the one that its control file names."""
    if found != expected:
        raise refused(safe_name(name), "is not the file that its control file names (its SHA-256 differs)", _AGAIN)


def names_of(files: Iterable[str]) -> list[str]:
    """Names as they may be shown."""
    return [safe_name(name) for name in files]


def _other(told: str) -> Exception:
    return refused(told, "names another file: one of the two was renamed", "have both delivered again under the names they were made with")


def _controlled(name: str) -> str | None:
    """The file that a control file is of; None for any other."""
    return next((name.removesuffix(suffix) for suffix in (SUFFIX, CHECKSUM) if name.endswith(suffix)), None)


def _wanted(name: str, pattern: str) -> bool:
    return fnmatchcase(name, pattern) and not name.endswith(_UNFINISHED)
