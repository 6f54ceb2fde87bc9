"""age: files encrypted to recipients. Each piece is authenticated before it is handed on, and the last is known as the last, so what
was changed or cut is refused; who encrypted it is not proved, for anybody can encrypt to a recipient.
"""

from __future__ import annotations

import errno
import re
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

from skiptrace.errors import ConfigError, Problem
from skiptrace.exchange.boxes import library, refused
from skiptrace.store.disk import storing
from skiptrace.store.inputs import safe_name

SUFFIX = ".age"
_IDENTITY = re.compile(rb"^\s*(AGE-SECRET-KEY-1[0-9A-Z]{58})\s*$", re.MULTILINE)


def recipients_of(texts: Sequence[str], place: str) -> list[Any]:
    """The recipients that these texts name. Raises ConfigError (exit 2) where one is none."""
    pyrage = library("pyrage", "age")
    try:
        return [pyrage.x25519.Recipient.from_str(text) for text in texts]
    except pyrage.RecipientError:
        problem = Problem(place, "recipients", "holds what is no age recipient", "copy it again: it has a checksum")
        raise ConfigError("age cannot encrypt", (problem,)) from None


def identities_of(secret: bytes, place: str) -> list[Any]:
    """The identities in a key file, as age-keygen writes it. Raises ConfigError (exit 2) where it holds none."""
    pyrage = library("pyrage", "age")
    try:
        found = [pyrage.x25519.Identity.from_str(text.decode()) for text in _IDENTITY.findall(secret)]
    except pyrage.IdentityError:
        found = []
    if not found:
        problem = Problem(place, "identity", "holds no age identity", 'a line "AGE-SECRET-KEY-1…", as age-keygen writes it')
        raise ConfigError("age cannot decrypt", (problem,))
    return found


def seal(source: Path, target: Path, recipients: Sequence[Any]) -> None:
    """Encrypt a file into a file that is there. Raises StoreUnavailable (exit 69) where the disk refuses."""
    pyrage = library("pyrage", "age")
    with storing(target.parent), source.open("rb") as plain, target.open("wb") as sealed:
        writer = _Writer(sealed)
        try:
            pyrage.encrypt_io(plain, writer, list(recipients))
        except (OSError, pyrage.EncryptError):
            raise writer.error or OSError(errno.EIO, "cannot be read") from None


def unseal(source: Path, target: Path, identities: Sequence[Any], name: str) -> None:
    """Decrypt a file into a new private file; nothing is left of one that is refused.

    Raises DataRefused (exit 3) where it was changed, cut or is not for us, StoreUnavailable (exit 69) where the disk refuses."""
    pyrage = library("pyrage", "age")
    done = False
    try:
        with storing(target.parent), source.open("rb") as sealed, target.open("xb") as plain:
            writer = _Writer(plain)
            try:
                pyrage.decrypt_io(sealed, writer, list(identities))
            except (OSError, pyrage.DecryptError):  # an OSError is either the disk's, or what the library says of a changed piece
                if writer.error is not None:
                    raise writer.error from None
                what = "cannot be decrypted: it was changed, it was cut, or it is not encrypted to this identity"
                raise refused(safe_name(name), what, "have it delivered again, encrypted to our recipient") from None
        done = True
    finally:
        if not done:
            target.unlink(missing_ok=True)


class _Writer:
    """A file to write to that remembers what the disk said."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.error: OSError | None = None

    def write(self, data: bytes) -> int:
        try:
            return self._file.write(data)
        except OSError as error:
            self.error = error
            raise

    def flush(self) -> None:
        self._file.flush()
