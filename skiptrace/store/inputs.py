"""Files that others delivered: which ones a path of the project file means, and their fingerprints. Read-only.

A path is a file, a glob or a folder, on disk or behind any fsspec URL. Order and names depend on the path and the files
alone, never on the listing order of a store. Inputs may be symbolic links; hidden files are never read.
"""

from __future__ import annotations

import datetime as dt
import glob
import hashlib
import os
import posixpath
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import fsspec

from skiptrace.errors import ConfigError, DataRefused, Problem, SkiptraceError, StoreUnavailable
from skiptrace.store.objects import told

_FORMATS = {
    ".parquet": "parquet", ".parq": "parquet", ".pq": "parquet",
    ".csv": "csv", ".txt": "csv", ".tsv": "csv", ".tab": "csv", ".psv": "csv", ".dat": "csv",
    ".jsonl": "jsonl", ".ndjson": "jsonl", ".xlsx": "excel", ".xlsm": "excel", ".xlsb": "excel", ".xls": "excel", ".ods": "excel",
}  # fmt: skip
_PACKINGS = {".gz": "gzip", ".zip": "zip"}
_MAGIC = re.compile(r"[*?\[]")
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_BLOCK = 1 << 22
UNPROVED = ("sftp", "ssh", "ftp", "ftps")
"""Kinds of server that are not read directly, because it would not be known who answers."""
CHECKSUM = ".sha256"
"""What a file's name is followed by in the name of its checksum, which is no delivery of its own."""


@dataclass(frozen=True)
class InputFile:
    """A delivered file: its name within the delivery, where it is, its size in bytes, its format by its name (parquet, csv,
    jsonl, excel, or the suffix of one that is not read), the day it was last changed (UTC; None where the store does not tell),
    how it is packed (gzip, zip or not at all) and which member of a zip it is."""

    name: str
    url: str
    bytes: int
    format: str
    modified: dt.date | None = None
    packing: str = ""
    member: str = ""


def expand(path: str, base: Path, awaited: bool = False) -> list[InputFile]:
    """The files that `path` means, sorted by name; a relative path starts at `base`. Of files that are `awaited` there may be none yet.

    Raises ConfigError (exit 2) where the place does not exist or cannot be addressed, DataRefused (exit 3) where it
    holds nothing or a file is empty, StoreUnavailable (exit 69) where the store does not answer."""
    shown = safe_name(path)
    remote = bool(_URL.match(path)) and not path.startswith(("file://", "local://"))
    if remote and path.partition("://")[0].lower() in UNPROVED:
        mend = "let an [[inbox]] fetch its files, which pins the server's key, and name the folder that they go to"
        raise _wrong(shown, "is on a server that nobody would check: the library takes any key it shows", mend)
    if remote and "@" in path.split("://", 1)[1].split("/", 1)[0]:
        raise _wrong(shown, "holds credentials", "give them to the store's own configuration, never in a path")
    try:
        files = _remote(path) if remote else _local(re.sub(r"^(file|local)://(localhost(?=/))?", "", path), base)
    except FileNotFoundError:
        if awaited:
            return []
        raise _wrong(shown, "not found", "correct the path; a relative one starts at the project's folder") from None
    except PermissionError:
        raise _wrong(shown, "cannot be read by this user", "check its permissions") from None
    except (ImportError, ValueError):
        raise _wrong(
            shown, "names a kind of store that is not installed", "install its extra, such as skiptrace[s3]"
        ) from None
    except Exception as error:  # every store has its own errors, and their texts may hold credentials
        if isinstance(error, SkiptraceError):
            raise error from None
        here = f"{shown}: cannot be read ({type(error).__name__}) — see that its disk answers, then run again"
        raise StoreUnavailable(told(shown, error) if remote else here) from None
    if not files and not awaited:
        raise _empty(shown, "holds no files", "put the delivery there, or correct the path")
    for file in files:
        if file.bytes == 0:
            raise _empty(file.name, "is empty (0 bytes)", "have it delivered again")
    return sorted(files, key=lambda file: file.name)


@contextmanager
def opened(file: InputFile) -> Iterator[IO[bytes]]:
    """The file, open for reading bytes, seekable. Raises DataRefused where it went away since it was listed."""
    try:
        stream = _stream(file)
    except FileNotFoundError:
        raise _empty(file.name, "went away while the program ran", "have it delivered again, and run again") from None
    except PermissionError:
        raise _wrong(file.name, "cannot be read by this user", "check its permissions") from None
    except OSError as error:
        raise StoreUnavailable(f"{file.name}: cannot be opened ({type(error).__name__}) — see that its disk answers") from None
    with stream:
        yield stream


def _stream(file: InputFile) -> Any:
    if _URL.match(file.url):
        return fsspec.open(file.url, "rb").open()
    return Path(file.url).open("rb")


def fingerprint(file: InputFile) -> str:
    """SHA-256 of the file's bytes, hex, read in blocks."""
    state = hashlib.sha256()
    with opened(file) as stream:
        while block := stream.read(_BLOCK):
            state.update(block)
    return state.hexdigest()


def checksum_beside(file: InputFile) -> str | None:
    """The SHA-256 that was delivered as `<file>.sha256` (as sha256sum writes it); None where there is none.

    Raises DataRefused where that file holds no SHA-256."""
    place = file.url + CHECKSUM
    try:
        text = Path(place).read_bytes()[:1000] if not _URL.match(place) else _remote_bytes(place)
    except OSError:
        return None
    if text is None:
        return None
    found = re.match(rb"\s*([0-9a-fA-F]{64})\b", text)
    if not found:
        raise _empty(file.name + CHECKSUM, "holds no SHA-256", "have it delivered again, as sha256sum writes it")
    return found[1].decode().lower()


def _remote_bytes(place: str) -> bytes | None:
    system, name = fsspec.core.url_to_fs(place)
    return bytes(system.cat_file(name, end=1000)) if system.exists(name) else None


def _local(path: str, base: Path) -> list[InputFile]:
    folder = os.path.abspath(base)
    place = os.path.normpath(os.path.join(folder, path))
    if os.path.isfile(place):
        return [_on_disk(place, os.path.dirname(place))]
    if os.path.isdir(place):
        os.listdir(place)  # a folder that may not be read must say so, which a walk does not
        found = [os.path.join(where, name) for where, _, names in os.walk(place) for name in names]
        return [_on_disk(name, place) for name in found if not _hidden(_relative(name, place)) and os.path.isfile(name)]
    root = os.path.normpath(os.path.join(folder, _before_wildcard(path)))
    if not _MAGIC.search(path) or not os.path.isdir(root):
        raise FileNotFoundError(place)
    found = [os.path.normpath(os.path.join(folder, name)) for name in glob.glob(path, root_dir=folder, recursive=True)]
    return [_on_disk(name, root) for name in found if not _hidden(_relative(name, root)) and os.path.isfile(name)]


def _on_disk(place: str, root: str) -> InputFile:
    state = os.stat(place)
    modified = dt.datetime.fromtimestamp(state.st_mtime, dt.UTC).date()
    return InputFile(safe_name(_relative(place, root)), place, state.st_size, *_kind(place, modified))


def _remote(path: str) -> list[InputFile]:
    system, place = fsspec.core.url_to_fs(path)
    system.invalidate_cache()
    if system.exists(place):
        folder = system.isdir(place)
        root = place if folder else posixpath.dirname(place)
        found = system.find(place, detail=True) if folder else {place: system.info(place)}
    elif _MAGIC.search(place):
        root, found = _before_wildcard(place), system.glob(place, detail=True)
    else:
        raise FileNotFoundError(place)
    files = []
    for name, detail in found.items():
        if detail["type"] == "file" and not _hidden(_relative(name, root)):
            size = int(detail.get("size") or 0)
            files.append(
                InputFile(
                    safe_name(_relative(name, root)), system.unstrip_protocol(name), size, *_kind(name, _changed(detail))
                )
            )
    return files


def _changed(detail: dict[str, Any]) -> dt.date | None:
    for key in ("mtime", "LastModified", "last_modified", "modified", "created"):
        value = detail.get(key)
        if isinstance(value, dt.datetime):
            return (value.astimezone(dt.UTC) if value.tzinfo else value).date()
        if isinstance(value, int | float):
            return dt.datetime.fromtimestamp(value, dt.UTC).date()
    return None


def _before_wildcard(path: str) -> str:
    """The folder of a glob that is written out."""
    wildcard = _MAGIC.search(path)
    return posixpath.dirname(path[: wildcard.start()]) if wildcard else path


def _relative(name: str, root: str) -> str:
    return name[len(root) :].lstrip("/") if name.startswith(root) else posixpath.basename(name)


def _hidden(name: str) -> bool:
    """Whether a part of the name starts with a dot or underscore, or it is a checksum: a marker, an unfinished file."""
    return name.endswith(CHECKSUM) or any(part.startswith((".", "_")) for part in name.split("/"))


def _kind(name: str, modified: dt.date | None) -> tuple[str, dt.date | None, str]:
    """Format, day and packing of a file."""
    return (format_of(name), modified, _PACKINGS.get(posixpath.splitext(name)[1].lower(), ""))


def format_of(name: str) -> str:
    """The format that a name speaks of: `tape.csv.gz` is csv; `zip` where only the members of a zip can tell."""
    stem, suffix = posixpath.splitext(name.lower())
    if suffix == ".gz":
        suffix = posixpath.splitext(stem)[1]
    return _FORMATS.get(suffix, suffix.lstrip(".") or "unknown")


def safe_name(name: str) -> str:
    """A name that is safe to print and to keep in a table: no control characters, no credentials, not endless."""
    name = re.sub(r"(?<=://)[^/@]*@", "", name)
    return "".join(character if character.isprintable() else "?" for character in name)[-200:]


def _wrong(place: str, what: str, mend: str) -> ConfigError:
    return ConfigError("an input cannot be found or read", (Problem(place, "", what, mend),))


def _empty(place: str, what: str, mend: str) -> DataRefused:
    return DataRefused("an input cannot be used", (Problem(place, "", what, mend),))
