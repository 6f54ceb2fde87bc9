"""Files of an encrypted project that are no tables: sealed with AES-256-GCM, in frames, each bound to the file's name and its place in it.

A sealed file begins with a mark, the id of the key and a salt that its own key is made with. What was exchanged, cut short, moved to
another name or changed in one bit does not open.
"""

from __future__ import annotations

import hashlib
import os
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING

from skiptrace.errors import KeyRefused, Problem
from skiptrace.store.keyring import ROLES, ring_of
from skiptrace.store.places import Place

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MAGIC = b"SKTSEAL1"
FRAME = 1 << 24
"""Bytes of a frame before it is encrypted."""
_NONCE, _TAG, _SALT, _HEAD = 12, 16, 16, struct.Struct("<8sH")


def sealed(key: bytes, content: bytes, bound: str) -> bytes:
    """A short content under a key of 32 bytes; `bound`: what it is, which has to be said again to open it."""
    nonce = os.urandom(_NONCE)
    return nonce + _box(key).encrypt(nonce, content, bound.encode())


def opened(key: bytes, content: bytes, bound: str) -> bytes:
    """The reverse. Raises ValueError where it was sealed with another key, is something else, or was changed."""
    return _decrypted(key, content[:_NONCE], content[_NONCE:], bound.encode())


def seal(place: Place, content: bytes, bound: str | None = None) -> bytes:
    """The bytes that are to lie at `place`: sealed with the identity key, where its project is encrypted. `bound`: what stands for the
    file's name where that is made of the bytes. Raises KeyRefused where the key cannot be had."""
    ring = ring_of(place)
    if ring is None:
        return content
    name, pieces = f"{ring.current()}/identity", [content[at : at + FRAME] for at in range(0, len(content), FRAME)] or [b""]
    return b"".join(_sealing(place, name, pieces, bound))


def seal_file(place: Place, source: Path, target: Path) -> None:
    """The same of a file that is sealed into another on this machine."""
    ring = ring_of(place)
    assert ring is not None  # noqa: S101 - whoever asks has looked
    with source.open("rb") as file, target.open("wb") as out:
        for piece in _sealing(place, f"{ring.current()}/identity", _frames(file, FRAME), None):
            out.write(piece)
        out.flush()
        os.fsync(out.fileno())


def unseal(place: Place, content: bytes, bound: str | None = None) -> bytes:
    """What was sealed; bytes that are not stay as they are. Raises ValueError where they were changed or are those of another place,
    KeyRefused where the key cannot be had."""
    if not content.startswith(MAGIC):
        return content
    head, rest = _head(content)
    pieces = (content[at : at + FRAME + _TAG] for at in range(rest, len(content), FRAME + _TAG))
    return b"".join(_unsealing(place, head, pieces, bound))


def unseal_file(place: Place, source: Path, target: Path) -> None:
    """The same of a file. Raises as `unseal`; what is in `target` is of no use then."""
    with target.open("wb") as out:
        for piece in _pieces(place, source):
            out.write(piece)


def content_digest(place: Place, source: Path) -> str:
    """SHA-256 of what a sealed file holds, hex. Raises as `unseal`."""
    found = hashlib.sha256()
    for piece in _pieces(place, source):
        found.update(piece)
    return found.hexdigest()


def _pieces(place: Place, source: Path) -> Iterator[bytes]:
    with source.open("rb") as file:
        start = file.read(_HEAD.size + (1 << 16))
        if not start.startswith(MAGIC):
            raise ValueError("is not sealed")
        head, rest = _head(start)
        file.seek(rest)
        yield from _unsealing(place, head, _frames(file, FRAME + _TAG), None)


def is_sealed(path: Path) -> bool:
    """Whether a file on this machine is sealed; one that is not there is not."""
    try:
        with path.open("rb") as file:
            return file.read(len(MAGIC)) == MAGIC
    except OSError:
        return False


def _sealing(place: Place, name: str, pieces: Iterator[bytes] | list[bytes], bound: str | None) -> Iterator[bytes]:
    ring, salt, said = ring_of(place), os.urandom(_SALT), _bound(place, bound)
    assert ring is not None  # noqa: S101 - as above
    key = _derived(ring.key(*_split(name)), salt)
    yield _HEAD.pack(MAGIC, len(name)) + name.encode() + salt
    box, number, before = _box(key), 0, None
    for piece in pieces:
        if before is not None:
            yield box.encrypt(_nonce(number), before, said + b"+")
            number += 1
        before = piece
    yield box.encrypt(_nonce(number), before or b"", said + b".")


def _unsealing(place: Place, head: tuple[str, bytes], pieces: Iterator[bytes], bound: str | None) -> Iterator[bytes]:
    name, salt = head
    ring, said = ring_of(place), _bound(place, bound)
    if ring is None:
        problem = Problem(place.name, "", "is encrypted, and its project has no keyring", "restore .skiptrace/keys from a backup")
        raise KeyRefused("a key is missing", (problem,))
    key, number, before = _derived(ring.key(*_split(name)), salt), 0, None
    for piece in pieces:
        if before is not None:
            yield _decrypted(key, _nonce(number), before, said + b"+")
            number += 1
        before = piece
    yield _decrypted(key, _nonce(number), before or b"", said + b".")


def _head(content: bytes) -> tuple[tuple[str, bytes], int]:
    """(name of the key, salt) and where the first frame begins."""
    try:
        _, size = _HEAD.unpack_from(content)
        name, salt = content[_HEAD.size : _HEAD.size + size].decode("ascii"), content[_HEAD.size + size : _HEAD.size + size + _SALT]
        if len(salt) != _SALT or name.count("/") != 1 or name.partition("/")[2] not in ROLES:
            raise ValueError
    except (struct.error, ValueError):
        raise ValueError("is torn") from None
    return (name, salt), _HEAD.size + size + _SALT


def _frames(file: IO[bytes], size: int) -> Iterator[bytes]:
    while piece := file.read(size):
        yield piece


def _split(name: str) -> tuple[str, str]:
    key, _, role = name.partition("/")
    return key, role


def _bound(place: Place, bound: str | None) -> bytes:
    return (f"{place.parent.name}/{place.name}" if bound is None else bound).encode() + b"\0"


def _nonce(number: int) -> bytes:
    """A file's key is its own, so counting its frames is enough."""
    return number.to_bytes(_NONCE, "little")


def _derived(key: bytes, salt: bytes) -> bytes:
    return hashlib.blake2b(salt, key=key, digest_size=32, person=b"skiptrace seal").digest()


def _decrypted(key: bytes, nonce: bytes, content: bytes, said: bytes) -> bytes:
    from cryptography.exceptions import InvalidTag

    try:
        return _box(key).decrypt(nonce, content, said)
    except (InvalidTag, ValueError):
        raise ValueError("is not what was sealed") from None


def _box(key: bytes) -> AESGCM:
    """The library is loaded where a project is encrypted, and only there."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return AESGCM(key)
