"""The bytes of a delivered file, unpacked if need be, and never more of them than the limits allow.

Nothing is unpacked to a disk: what a packed file holds streams through, and is counted while it does.
"""

from __future__ import annotations

import gzip
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

from skiptrace.intake.refusal import refused
from skiptrace.project.limits import Limits
from skiptrace.store.inputs import InputFile, opened

_DAMAGED = (OSError, zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, RuntimeError, KeyError)
"""What the libraries raise on a packed file that is damaged: places in it point anywhere."""


class Unpacked:
    """A packed file's bytes, read from the beginning, counted, and refused beyond its limits."""

    def __init__(self, file: InputFile, stream: Any, limits: Limits) -> None:
        self._file, self._stream = file, stream
        self._left = min(limits.unpacked_bytes, max(limits.expansion_from, limits.expansion * file.bytes))
        self._said = "limits.unpacked_bytes" if self._left == limits.unpacked_bytes else "limits.expansion"

    def read(self, size: int) -> bytes:
        """At most `size` bytes; none at the end. Raises DataRefused where the file is damaged or unpacks to too much."""
        try:
            block: bytes = self._stream.read(size)
        except _DAMAGED:
            if not self._file.packing:
                raise
            mend = "have it delivered again"
            raise refused(self._file, f"is not a whole {self._file.packing} file, or needs a password", mend) from None
        self._left -= len(block)
        if self._left < 0:
            what = f"unpacks to more than {self._said} allows: it may be a bomb"
            raise refused(self._file, what, f"have it delivered unpacked, or raise {self._said}")
        return block

    def skip(self, size: int) -> None:
        """Pass over so many bytes."""
        while size > 0:
            block = self.read(min(size, 1 << 20))
            if not block:
                return
            size -= len(block)


class Plain(Unpacked):
    """The same for a file that is not packed: its bytes may be passed over without being read."""

    def skip(self, size: int) -> None:
        """Pass over so many bytes."""
        self._stream.seek(size, 1)


@contextmanager
def unpacked(file: InputFile, limits: Limits) -> Iterator[Unpacked]:
    """The file's bytes. Raises DataRefused where it is damaged, needs a password, or unpacks to more than the limits allow."""
    with opened(file) as stream:
        if not file.packing:
            yield Plain(file, stream, limits)
            return
        try:
            inner = _member(file, stream) if file.packing == "zip" else gzip.GzipFile(fileobj=stream)
        except _DAMAGED:
            what = f"is not a whole {file.packing} file, or needs a password"
            raise refused(file, what, "have it delivered again, without a password") from None
        with inner:
            yield Unpacked(file, inner, limits)


def _member(file: InputFile, stream: IO[bytes]) -> IO[bytes]:
    return zipfile.ZipFile(stream).open(file.member)
