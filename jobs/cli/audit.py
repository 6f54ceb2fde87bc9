"""The audit log: who asked to see personal values, of which account, and why; who released or refused exports. A JSON object a line."""

from __future__ import annotations

import datetime as dt
import getpass
import json
import os
import stat
from collections.abc import Mapping
from pathlib import Path

from skiptrace.errors import StoreUnavailable, UnsafePermissions
from skiptrace.store.permissions import private_folder

FILE = "audit.jsonl"


def record(project: Path, account_id: str, reason: str, run_id: str) -> None:
    """Append one look at personal values to `<project>/.skiptrace/audit.jsonl`, before anything is shown.

    Raises UnsafePermissions (78) where other users could read or change the log, StoreUnavailable (69) where it cannot
    be written: then nothing may be shown."""
    append(project, {"action": "explain --show-pii", "account_id": account_id, "reason": reason, "run_id": run_id})


def append(project: Path, said: Mapping[str, str | None]) -> None:
    """Append one line to the audit log, with the time and the user; no value of a person may be in it. Raises as `record`."""
    entry = {"time": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"), "user": _user(), **said}
    file = private_folder(project / ".skiptrace") / FILE
    try:
        handle = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise StoreUnavailable(
            f"{FILE}: {os.strerror(error.errno or 0)}; without it nothing is shown or released"
        ) from None
    try:
        state = os.fstat(handle)
        if state.st_mode & 0o077 or not stat.S_ISREG(state.st_mode):
            raise UnsafePermissions(f"{FILE}: other users could read or change the audit log — chmod 600 it")
        os.write(handle, (json.dumps(entry, ensure_ascii=False, sort_keys=True) + "\n").encode())
        os.fsync(handle)
    finally:
        os.close(handle)


def _user() -> str:
    """The login name, or the number of the user where there is none."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())
