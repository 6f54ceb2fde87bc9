"""The keys of an encrypted project: made when they are first wanted, wrapped anew by another master, destroyed.

The keyring is a chain of states (`jobs.chain`) beside what it protects; see `skiptrace.store.keyring` for who reads it. A state never
brings back a key that an earlier one destroyed. Every file of the portfolio has a key of its own, so that a portfolio can be made
unreadable alone; all else shares one.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from jobs import chain
from skiptrace import sql
from skiptrace.errors import ConfigError, DamagedFile, KeyRefused, Problem
from skiptrace.project import PRIVATE, Project
from skiptrace.store import keyring, memory
from skiptrace.store.keyring import FOLDER, ROLES, SHARED, context
from skiptrace.store.permissions import private_folder
from skiptrace.store.places import Place

PORTFOLIO = "portfolio"


def label_of(file: str) -> str:
    """The label of the key of a file of the portfolio, by its name within the delivery."""
    return f"{PORTFOLIO}:{file}"


def require_ready(project: Project, home: Place) -> None:
    """See that every key of the project can be had, before anything else is done; nothing is written.

    Raises ConfigError where [encryption] and the keyring do not agree, KeyRefused (exit 2), UnsafePermissions (78) and StoreUnavailable
    (69) as the masters do."""
    keyring.refresh()
    state = keyring.last_state(home)
    if project.encryption is None:
        if state is not None:
            mend = "put the section back; the keyring names its masters"
            raise _config(project, "encryption", "is gone, and the files of this project are encrypted", mend)
        return
    _require_library()
    wanted = masters(project)
    if state is None:
        for role in ROLES:
            _wrapped(_master(wanted[role]), secrets.token_bytes(32), context("", "", "", role))
        return
    if state["masters"] != wanted:
        raise _config(project, "encryption", "names other masters than those that wrapped the keyring", "`skiptrace keys rotate`")
    ring = keyring.ring_of(home / PRIVATE)
    assert ring is not None  # noqa: S101 - its state was just read
    for key in ring.labels.values():
        for role in ROLES:
            ring.key(key, role)


def refuse_destroyed(home: Place, files: Iterable[str]) -> None:
    """Raise KeyDestroyed (exit 2) where the portfolio still has a file whose key was destroyed."""
    state = keyring.last_state(home)
    for file in files if state is not None else ():
        if state is not None and label_of(file) in state["destroyed"]:
            raise keyring.destroyed(label_of(file))


def make(project: Project, home: Place, files: Iterable[str]) -> None:
    """Make the keys that are lacking: the shared one, and one for each file of the portfolio. Does nothing where the project is not
    encrypted. Raises KeyDestroyed for a file whose key was destroyed, and as `require_ready`."""
    if project.encryption is None:
        return
    labels = [SHARED, *(label_of(file) for file in dict.fromkeys(files))]

    def with_keys(state: dict[str, Any]) -> dict[str, Any]:
        for label in labels:
            if label in state["destroyed"]:
                raise keyring.destroyed(label)
        missing = [label for label in labels if label not in state["keys"]]
        made = {label: _made(state, label) for label in missing}
        return {**state, "keys": {**state["keys"], **made}} if made else state

    _add(project, home, with_keys)
    sql.spill_to(memory.spill())


def rotate(project: Project, home: Place) -> int:
    """Wrap every key anew with the masters that [encryption] names; those that wrapped it so far are needed a last time. No file but the
    keyring changes. Returns how many keys there are. Raises KeyRefused as the masters do, ConfigError where there is no keyring."""
    state = _state(project, home)
    wanted, keys = masters(project), {}
    for label, key in state["keys"].items():
        wrapped = {}
        for role in ROLES:
            secret = _unwrapped(state, label, key, role)
            wrapped[role] = _wrapped(_master(wanted[role]), secret, context(state["project"], key["id"], label, role))
        keys[label] = {**key, "wrapped": wrapped}

    def rewrapped(now: dict[str, Any]) -> dict[str, Any]:
        if now != state:
            raise ConfigError("the keyring of this project changed meanwhile — run the same command again")
        return {**state, "masters": wanted, "keys": keys}

    chain.add(home / PRIVATE / FOLDER, lambda: state, rewrapped, _names_nothing)
    chain.only_last(home / PRIVATE / FOLDER, _names_nothing)  # the masters before open nothing here any more
    keyring.refresh()
    return len(keys)


def destroy(project: Project, home: Place, file: str, now: dt.datetime) -> str:
    """Destroy the key of a file of the portfolio: what it encrypted can never be read again. Returns the key's id. Doing it twice changes
    nothing. Raises ConfigError where there is no such key."""
    require_known(project, home, file)
    label, state = label_of(file), _state(project, home)

    def without(known: dict[str, Any]) -> dict[str, Any]:
        if label not in known["keys"]:
            return known
        gone = {"ids": [known["keys"][label]["id"]], "at": now.isoformat(timespec="seconds")}
        keys = {one: key for one, key in known["keys"].items() if one != label}
        return {**known, "keys": keys, "destroyed": {**known["destroyed"], label: gone}}

    chain.add(home / PRIVATE / FOLDER, lambda: state, without, _names_nothing)
    chain.only_last(home / PRIVATE / FOLDER, _names_nothing)
    keyring.refresh()
    return str(_state(project, home)["destroyed"][label]["ids"][0])


def require_known(project: Project, home: Place, file: str) -> bool:
    """Whether the key of a file of the portfolio was destroyed. Raises ConfigError where it never had one."""
    label, state = label_of(file), _state(project, home)
    if label not in state["keys"] and label not in state["destroyed"]:
        known = sorted(one.partition(":")[2] for one in state["keys"] if one != SHARED)
        raise ConfigError("there is no such key", (Problem("keys", file, "is no file of a portfolio that has one", _there_are(known)),))
    return label in state["destroyed"]


def listed(project: Project, home: Place) -> dict[str, Any]:
    """What `keys list` shows: masters, and each key with the roles that this process has it for. No key."""
    state = _state(project, home)
    ring, keys = keyring.Ring(home, state), []
    for label, key in sorted(state["keys"].items()):
        roles = {role: _state_of(ring, key["id"], role) for role in ROLES}
        keys.append({"for": label, "key": key["id"], "made": key["made"], "roles": roles})
    gone = [{"for": label, "key": one["ids"][0], "destroyed": one["at"]} for label, one in sorted(state["destroyed"].items())]
    return {"masters": state["masters"], "keys": keys, "destroyed": gone}


def _state_of(ring: keyring.Ring, key: str, role: str) -> str:
    try:
        ring.key(key, role)
    except KeyRefused:
        return "cannot be had"
    return "at hand"


def _state(project: Project, home: Place) -> dict[str, Any]:
    state = keyring.last_state(home)
    if state is None:
        mend = "the first run makes it" if project.encryption else "set [encryption] kms"
        raise _config(project, "encryption", "has no keyring yet", mend)
    return state


def _add(project: Project, home: Place, added: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    wanted = masters(project)
    empty = {"project": secrets.token_hex(8), "masters": wanted, "keys": {}, "destroyed": {}}
    folder = home / PRIVATE / FOLDER
    private_folder(home / PRIVATE)
    chain.add(folder, lambda: empty, added, _names_nothing)
    keyring.refresh()


def _made(state: Mapping[str, Any], label: str) -> dict[str, Any]:
    key_id = f"k-{secrets.token_hex(8)}"
    wrapped = {}
    for role in ROLES:
        secret = secrets.token_bytes(32)
        wrapped[role] = _wrapped(_master(state["masters"][role]), secret, context(state["project"], key_id, label, role))
    return {"id": key_id, "made": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"), "wrapped": wrapped}


def _wrapped(master: Any, secret: bytes, bound: Mapping[str, str]) -> str:
    from skiptrace.store import kms

    return kms.packed(master.wrap(secret, bound))


def _unwrapped(state: Mapping[str, Any], label: str, key: Mapping[str, Any], role: str) -> bytes:
    from skiptrace.store import kms

    try:
        wrapped = kms.unpacked(key["wrapped"][role])
    except ValueError:
        raise DamagedFile("the keyring is damaged", (Problem(FOLDER, label, "cannot be read", "restore it from a backup"),)) from None
    return kms.master(state["masters"][role]).unwrap(wrapped, context(state["project"], key["id"], label, role))


def _master(name: str) -> Any:
    from skiptrace.store import kms

    return kms.master(name)


def masters(project: Project) -> dict[str, str]:
    """The names of the masters of a project that is encrypted, by role."""
    assert project.encryption is not None  # noqa: S101 - whoever asks has looked
    return project.encryption.masters()


def _require_library() -> None:
    try:
        import cryptography  # noqa: F401
    except ImportError:
        problem = Problem("cryptography", "", "is not installed", 'pip install "skiptrace[encryption]"')
        raise ConfigError("an encrypted project needs a library", (problem,)) from None


def _names_nothing(content: dict[str, Any]) -> set[str]:
    return set()


def _there_are(known: list[str]) -> str:
    return f"there are {', '.join(known)}" if known else "there are none"


def _config(project: Project, place: str, what: str, mend: str) -> ConfigError:
    return ConfigError("the keys of this project cannot be used", (Problem(Path(project.file).name, place, what, mend),))
