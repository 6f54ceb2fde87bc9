"""The audit log: who asked to see personal values, of which account, and why; who released or refused exports; who was forgotten, by
tombstone. A JSON object a line."""

from __future__ import annotations

import datetime as dt
import getpass
import json
import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from skiptrace.errors import StoreUnavailable, UnsafePermissions
from skiptrace.store.commit import replace_bytes
from skiptrace.store.permissions import private_folder

FILE = "audit.jsonl"


def record(project: Path, account_id: str, reason: str, run_id: str) -> None:
    """Append one look at personal values to `<project>/.skiptrace/audit.jsonl`, before anything is shown.

    Raises UnsafePermissions (78) where other users could read or change the log, StoreUnavailable (69) where it cannot
    be written: then nothing may be shown."""
    append(project, {"action": "explain --show-pii", "account_id": account_id, "reason": reason, "run_id": run_id})


def forget(project: Path, account_id: str, tombstone: str, reason: str) -> None:
    """Note that the person of an account was forgotten, once, by the tombstone's name; entries that name the account name the tombstone
    from then on. Raises as `record`."""
    file = project / ".skiptrace" / FILE
    lines = file.read_text(encoding="utf-8").splitlines() if file.is_file() and not file.is_symlink() else []
    entries = [json.loads(line) for line in lines]
    changed = [_without(entry, account_id, tombstone) for entry in entries]
    if changed != entries:
        replace_bytes(file, "".join(_line(entry) for entry in changed).encode())
    if not any(entry.get("action") == "forget" and entry.get("tombstone") == tombstone for entry in entries):
        append(project, {"action": "forget", "tombstone": tombstone, "reason": reason})


def _without(entry: dict[str, Any], account_id: str, tombstone: str) -> dict[str, Any]:
    if entry.get("account_id") != account_id:
        return entry
    return {**entry, "account_id": tombstone, "reason": str(entry.get("reason", "")).replace(account_id, tombstone)}


def _line(entry: dict[str, Any]) -> str:
    return json.dumps(entry, ensure_ascii=False, sort_keys=True) + "\n"


def append(project: Path, said: Mapping[str, str | None]) -> None:
    """Append one line to the audit log, with the time and the user; no value of a person may be in it. Raises as `record`."""
    entry = {"time": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"), "user": _user(), **said}
    file = private_folder(project / ".skiptrace") / FILE
    try:
        handle = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise StoreUnavailable(
            f"{FILE}: {os.strerror(error.errno or 0)}; without it nothing is shown or released — see that it can be written"
        ) from None
    try:
        state = os.fstat(handle)
        if state.st_mode & 0o077 or not stat.S_ISREG(state.st_mode):
            raise UnsafePermissions(f"{FILE}: other users could read or change the audit log — chmod 600 it")
        os.write(handle, _line(entry).encode())
        os.fsync(handle)
    finally:
        os.close(handle)


def _user() -> str:
    """The login name, or the number of the user where there is none."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())
