"""Whether an object store keeps the two promises that everything rests on: one writer creates an object, and what was written is
seen.

Some servers answer 200 to a conditional put and overwrite. On such a store two attempts at one task could mix, so it is refused
before anything is written there but the objects of this question, which are removed.
"""

from __future__ import annotations

import uuid

from skiptrace.errors import StoreUnavailable
from skiptrace.store.objects import ObjectPath
from skiptrace.store.places import Place

_MEND = "use a store that honours If-None-Match, such as S3 itself or SeaweedFS, or a folder on a disk"


def refuse_liar(folder: Place) -> None:
    """Ask the store with objects of a fresh name in `folder`; nothing is asked of a disk.

    Raises StoreUnavailable (exit 69) where it does not answer, where credentials or bucket are missing, and where it lies."""
    if not isinstance(folder, ObjectPath):
        return
    place = folder / f"probe-{uuid.uuid4().hex}"
    first, second = b"first " + place.name.encode(), b"second " + place.name.encode()
    try:
        if not place.create(first):
            raise _lies(folder, "says that an object is there which nobody wrote")
        if place.create(second):
            raise _lies(folder, "let a second writer overwrite an object that must be created once (it ignores If-None-Match)")
        _see(folder, place, first)
        place.replace(second)
        _see(folder, place, second)
        place.unlink()
        if place.is_file():
            raise _lies(folder, "still shows an object that was removed")
    finally:
        place.unlink(missing_ok=True)


def _see(folder: ObjectPath, place: ObjectPath, content: bytes) -> None:
    try:
        seen = place.read_bytes()
    except FileNotFoundError:
        seen = b""
    if seen != content or place.size() != len(content) or place.name not in [found.name for found in folder.iterdir()]:
        raise _lies(folder, "does not show what was written")


def _lies(folder: ObjectPath, what: str) -> StoreUnavailable:
    kind, _, rest = folder.url.partition("://")
    return StoreUnavailable(f"{kind}://{rest.partition('/')[0]}: the store cannot be trusted: it {what} — {_MEND}")
