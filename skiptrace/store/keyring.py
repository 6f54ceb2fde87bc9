"""The keyring of a project: the keys that its files are encrypted with, each wrapped by a master key (`[encryption]`).

It lies in `<project>/.skiptrace/keys/` as a chain of states (see `jobs.keys`) and says which masters wrapped it, so whoever meets an
encrypted file finds its key from the file's place alone: workers, readers and notebooks need the master and nothing else. Keys are
unwrapped when they are first wanted and stay in this process's memory; none is in a file, a task, a message or a log.

A key has two halves, for two roles: `identity` encrypts what says who or where somebody is, `facts` all the rest. A process without the
master of `identity` reads the rest.
"""

from __future__ import annotations

import json
import os
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, Any

from skiptrace.errors import DamagedFile, KeyDestroyed, KeyRefused, Problem
from skiptrace.store.objects import ObjectPath
from skiptrace.store.places import Place, entries, place_of

if TYPE_CHECKING:
    from skiptrace.store.kms import Kms

PRIVATE, FOLDER = ".skiptrace", "keys"
ROLES = ("facts", "identity")
SHARED = "project"
"""The label of the key of what is of no single portfolio: deliveries, the index, ledgers."""
STATE = re.compile(r"state-([0-9]{6,})\.json")
MASTERS = {"facts": "SKIPTRACE__ENCRYPTION__KMS", "identity": "SKIPTRACE__ENCRYPTION__IDENTITY"}
"""What the environment names the masters by, for a process that reaches them elsewhere."""
_portfolio: ContextVar[str | None] = ContextVar("portfolio", default=None)
_rings: dict[str, Ring] = {}
_none: set[str] = set()
_lock = threading.RLock()


class Ring:
    """The keyring of the project at `home`, as its last state has it."""

    def __init__(self, home: Place, state: Mapping[str, Any]) -> None:
        self.home = home
        self._state, self._keys = state, dict[tuple[str, str], bytes]()

    @property
    def labels(self) -> dict[str, str]:
        """What each key is for: key id by label."""
        return {label: str(key["id"]) for label, key in self._state["keys"].items()}

    def current(self) -> str:
        """The id of the key for what is written now (see `of_portfolio`). Raises KeyRefused where it was never made, KeyDestroyed."""
        label = _portfolio.get() or SHARED
        for fresh in (False, True):
            if fresh:
                self._read_again()
            if label in self._state["destroyed"]:
                raise destroyed(label)
            if label in self._state["keys"]:
                return str(self._state["keys"][label]["id"])
        raise KeyRefused("a key is missing", (Problem(f"{PRIVATE}/{FOLDER}", label, "has no key", "`skiptrace run` makes it"),))

    def key(self, key_id: str, role: str) -> bytes:
        """The 32 bytes of a key for a role. Raises KeyDestroyed (exit 2), KeyRefused (2) where its master may not be used, and as
        `skiptrace.store.kms`."""
        with _lock:
            if (key_id, role) not in self._keys:
                self._keys[key_id, role] = self._unwrapped(key_id, role)
            return self._keys[key_id, role]

    def _unwrapped(self, key_id: str, role: str) -> bytes:
        from skiptrace.store import kms

        for fresh in (False, True):
            if fresh:
                self._read_again()
            for label, key in self._state["keys"].items():
                if key["id"] == key_id:
                    try:
                        wrapped = kms.unpacked(key["wrapped"][role])
                        return self.master(role).unwrap(wrapped, context(self._state["project"], key_id, label, role))
                    except KeyRefused as error:
                        raise KeyRefused(f"the {role} key of {_named(label)} cannot be had", error.problems) from None
            for label, gone in self._state["destroyed"].items():
                if key_id in gone["ids"]:
                    raise destroyed(label)
        raise KeyRefused("a key is missing", (Problem(f"{PRIVATE}/{FOLDER}", key_id, "is not in the keyring", "restore the keyring"),))

    def master(self, role: str) -> Kms:
        """The master key of a role: the one that the environment names, else the one that wrapped the keyring."""
        from skiptrace.store import kms

        return kms.master(os.environ.get(MASTERS[role]) or self._state["masters"][role])

    def _read_again(self) -> None:
        state = last_state(self.home)
        if state is not None:
            self._state = state


def ring_of(place: Place) -> Ring | None:
    """The keyring of the project that a place lies in; None where that is in no project, or in one that is not encrypted.

    Raises DamagedFile where the keyring cannot be read."""
    for home in _homes(place):
        name = str(home)
        with _lock:
            if name in _rings:
                return _rings[name]
            if name in _none:
                continue
            state = last_state(home)
            if state is not None:
                return _rings.setdefault(name, Ring(home, state))
            if isinstance(home, ObjectPath):  # asking a store for every file would take longer than reading it
                _none.add(name)
    return None


def refresh() -> None:
    """Forget what this process knows of keyrings: one may have been made, or a key destroyed, since."""
    with _lock:
        _rings.clear()
        _none.clear()


@contextmanager
def of_portfolio(label: str | None) -> Iterator[None]:
    """What is written inside is encrypted with the key of this label; None: with the one that is shared."""
    token = _portfolio.set(label)
    try:
        yield
    finally:
        _portfolio.reset(token)


def last_state(home: Place) -> dict[str, Any] | None:
    """The last state of the keyring of a project's home; None where there is none. Raises DamagedFile where it cannot be read."""
    folder = home / PRIVATE / FOLDER
    for _ in range(50):
        names = {int(found[1]): place for place in entries(folder) if (found := STATE.fullmatch(place.name))}
        if not names:
            return None
        try:
            state: dict[str, Any] = json.loads(names[max(names)].read_bytes())
            assert isinstance(state, dict)  # noqa: S101 - as a damaged one
            state.pop("own_digest", None)  # what wraps a key sees a changed bit
            assert state.keys() >= {"project", "masters", "keys", "destroyed"}  # noqa: S101 - as a damaged one
            return state
        except FileNotFoundError:  # it was dropped, for there is a later one
            continue
        except (ValueError, AssertionError, AttributeError):
            break
    problem = Problem(f"{PRIVATE}/{FOLDER}", "", "cannot be read", "restore the keyring from a backup: nothing can be read without it")
    raise DamagedFile("the keyring is damaged", (problem,))


def context(project: str, key_id: str, label: str, role: str) -> dict[str, str]:
    """What a wrapped key is bound to."""
    return {"project": project, "key": key_id, "label": label, "role": role}


def destroyed(label: str) -> KeyDestroyed:
    """The error of ours for what a destroyed key encrypted."""
    what = "was destroyed: what it encrypted is gone for good"
    return KeyDestroyed("this cannot be read any more", (Problem(f"{PRIVATE}/{FOLDER}", f"key of {_named(label)}", what, _mend(label)),))


def _mend(label: str) -> str:
    return f"take {label.partition(':')[2]} out of [portfolio] path, then run again" if ":" in label else "begin a new project"


def _named(label: str) -> str:
    return f"portfolio {label.partition(':')[2]}" if ":" in label else f"the {label}"


def _homes(place: Place) -> Iterator[Place]:
    """Where the home of the project of a file may be: above its private folder or its runs."""
    parts = str(place if isinstance(place, ObjectPath) else Path(os.path.abspath(place))).split("/")
    for at in range(len(parts) - 1, 0, -1):
        if parts[at] in (PRIVATE, "runs"):
            yield place_of("/".join(parts[:at]) or "/")
