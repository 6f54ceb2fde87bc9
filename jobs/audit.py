"""The audit log: who asked to see personal values, of which account, and why; who released or refused exports; who was forgotten, by
tombstone. A JSON object a line.

Lines are a chain: each names the digest of the line before it, and a small file beside the log how many there are and the digest of the
last. So a line that was changed, put in or taken out is seen (`verified`), unless whoever did it wrote both files anew.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import getpass
import hashlib
import json
import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jobs.verified import Verified
from skiptrace.errors import Problem, StoreUnavailable, UnsafePermissions
from skiptrace.project import PRIVATE
from skiptrace.store.commit import read_json, replace_bytes, with_digest
from skiptrace.store.permissions import private_folder

FILE, HEAD = "audit.jsonl", "audit.head.json"
BEFORE = "before"
"""The key of the digest of the line before; lines of earlier versions have none."""


def record(project: Path, account_id: str, reason: str, run_id: str) -> None:
    """Append one look at personal values to `<project>/.skiptrace/audit.jsonl`, before anything is shown.

    Raises UnsafePermissions (78) where other users could read or change the log, StoreUnavailable (69) where it cannot
    be written: then nothing may be shown."""
    append(project, {"action": "explain --show-pii", "account_id": account_id, "reason": reason, "run_id": run_id})


def forget(project: Path, account_id: str, tombstone: str, reason: str) -> None:
    """Note that the person of an account was forgotten, once, by the tombstone's name; entries that name the account name the tombstone
    from then on, and the chain of lines is made anew. Raises as `record`."""
    file = project / ".skiptrace" / FILE
    lines = file.read_text(encoding="utf-8").splitlines() if file.is_file() and not file.is_symlink() else []
    entries = [json.loads(line) for line in lines]
    changed = [_without(entry, account_id, tombstone) for entry in entries]
    if changed != entries:
        linked, before = list[bytes](), ""
        for entry in changed:
            linked.append(_line({**entry, BEFORE: before}))
            before = _digest(linked[-1])
        replace_bytes(file, b"".join(linked))
        _note_head(file.parent, len(linked), before)
    if not any(entry.get("action") == "forget" and entry.get("tombstone") == tombstone for entry in entries):
        append(project, {"action": "forget", "tombstone": tombstone, "reason": reason})


def _without(entry: dict[str, Any], account_id: str, tombstone: str) -> dict[str, Any]:
    if entry.get("account_id") != account_id:
        return entry
    return {**entry, "account_id": tombstone, "reason": str(entry.get("reason", "")).replace(account_id, tombstone)}


def _line(entry: dict[str, Any]) -> bytes:
    return (json.dumps(entry, ensure_ascii=False, sort_keys=True) + "\n").encode()


def _digest(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()


def _note_head(private: Path, lines: int, last: str) -> None:
    replace_bytes(private / HEAD, with_digest({"lines": lines, "last": last}))


def verified(project: Path) -> Verified:
    """Whether the log is the chain of lines that was written. A project without a log is whole; one whose log is gone is not."""
    private = project / PRIVATE
    content = (private / FILE).read_bytes() if (private / FILE).is_file() else b""
    what = _broken(content.splitlines(keepends=True), private / HEAD)
    problems = (Problem(f"{PRIVATE}/{FILE}", what[0], what[1], "compare it with a backup, and ask who could write here"),) if what else ()
    return Verified(int(bool(content)), len(content), problems)


def _broken(lines: list[bytes], head: Path) -> tuple[str, str] | None:
    """Where and how a log is no chain. What a process that died did not note is no break: its line is there."""
    chained, digests = False, [""]
    for number, line in enumerate(lines, 1):
        try:
            before = json.loads(line).get(BEFORE)
        except (ValueError, AttributeError):
            return f"line {number}", "is no entry"
        if (before is None and chained) or before not in (None, digests[-1]):
            return f"line {number}", "does not follow the line before it: one was changed, put in or taken out"
        chained = before is not None
        digests.append(_digest(line))
    if not chained:
        return ("", "ends before the line that was written last") if head.exists() else None
    try:
        told = read_json(head)
        known = int(told["lines"])
        if known > len(lines) or known < len(lines) - 1 or digests[known] != told["last"]:
            return f"line {min(known, len(lines))}", "is not the line that was written last: lines were changed or taken out"
    except (OSError, ValueError, KeyError, TypeError):
        return "", f"cannot be compared with {HEAD}, which is gone or damaged"
    return None


def append(project: Path, said: Mapping[str, str | None]) -> None:
    """Append one line to the audit log, with the time and the user; no value of a person may be in it. Raises as `record`."""
    entry = {"time": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"), "user": _user(), **said}
    file = private_folder(project / ".skiptrace") / FILE
    try:
        handle = os.open(file, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise StoreUnavailable(
            f"{FILE}: {os.strerror(error.errno or 0)}; without it nothing is shown or released — see that it can be written"
        ) from None
    try:
        state = os.fstat(handle)
        if state.st_mode & 0o077 or not stat.S_ISREG(state.st_mode):
            raise UnsafePermissions(f"{FILE}: other users could read or change the audit log — chmod 600 it")
        fcntl.flock(handle, fcntl.LOCK_EX)
        lines = _read_all(handle).splitlines(keepends=True)
        line = _line({**entry, BEFORE: _digest(lines[-1]) if lines else ""})
        os.write(handle, line)
        os.fsync(handle)
        _note_head(file.parent, len(lines) + 1, _digest(line))
    finally:
        os.close(handle)


def _read_all(handle: int) -> bytes:
    os.lseek(handle, 0, os.SEEK_SET)
    content = bytearray()
    while block := os.read(handle, 1 << 20):
        content += block
    return bytes(content)


def _user() -> str:
    """The login name, or the number of the user where there is none."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())
