"""One command at a time writes to a project: the lock that runs, training and exports take.

On this machine it is a lock of the operating system, which ends with its process. For a project on an object store there is a lease
beside it, for other machines: an object put if absent, renewed while the command runs, that anybody may take once it has run out.
Correctness depends on neither: every file is put if absent.
"""

from __future__ import annotations

import fcntl
import json
import os
import platform
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from skiptrace.errors import SafeToRerun, StoreUnavailable
from skiptrace.ids import digest
from skiptrace.store import cache
from skiptrace.store.commit import encode_json
from skiptrace.store.objects import ObjectPath
from skiptrace.store.permissions import private_folder
from skiptrace.store.places import Place

LEASE = 120.0
"""Seconds for which a lease holds without being renewed: a machine that died is replaced after this."""
_BUSY = "another run of this project is under way — wait for it, then run again"


@contextmanager
def locked(private: Place) -> Iterator[None]:
    """Hold the lock of the project whose private folder this is.

    Raises SafeToRerun (exit 75) where somebody else holds it."""
    if not isinstance(private, ObjectPath):
        with _of_machine(private / "lock"):
            yield
        return
    with _of_machine(private_folder(cache.root() / "locks") / digest("lock", private.url)), _leased(private / "lease.json"):
        yield


@contextmanager
def _of_machine(file: Path) -> Iterator[None]:
    handle = os.open(file, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SafeToRerun(_BUSY) from None
        yield
    finally:
        os.close(handle)


@contextmanager
def _leased(place: ObjectPath) -> Iterator[None]:
    mine = {"holder": uuid.uuid4().hex, "machine": digest("machine", platform.node())}
    if not place.create(_until(mine)):
        held = _held(place)
        # whoever holds this machine's lock knows that a holder of this machine is dead
        if held.get("until", 0) > time.time() and held.get("machine") != mine["machine"]:
            raise SafeToRerun(_BUSY)
        place.replace(_until(mine))
    done = threading.Event()

    def renew() -> None:
        while not done.wait(LEASE / 4):
            try:
                place.replace(_until(mine))
            except StoreUnavailable:  # the run meets it soon enough
                continue

    renewing = threading.Thread(target=renew, name="lease", daemon=True)
    renewing.start()
    try:
        yield
    finally:
        done.set()
        renewing.join()
        if _held(place).get("holder") == mine["holder"]:
            place.unlink(missing_ok=True)


def _until(mine: dict[str, Any]) -> bytes:
    return encode_json({**mine, "until": time.time() + LEASE})


def _held(place: ObjectPath) -> dict[str, Any]:
    try:
        content = json.loads(place.read_bytes())
    except (OSError, ValueError, StoreUnavailable):
        return {}
    return content if isinstance(content, dict) else {}
