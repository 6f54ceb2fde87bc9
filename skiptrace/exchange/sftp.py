"""A box on a server of SFTP. A file is sent as `.<name>.<its SHA-256>.part` and renamed when all of it is there, so that nobody
sees half of it under its name. A part that a cut left is gone on with, after what is there was compared with the file.

The part's name holds the content, so what an earlier connection still has in flight can only be the same bytes.
"""

from __future__ import annotations

import errno
import hashlib
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, Final

from skiptrace.errors import ConfigError, Problem, SafeToRerun, StoreUnavailable
from skiptrace.exchange.boxes import library, refused
from skiptrace.exchange.hosts import Host, connect
from skiptrace.store import points
from skiptrace.store.disk import storing
from skiptrace.store.inputs import safe_name

_BLOCK: Final = 1 << 15
"""Bytes of one request: every server takes so many."""
_SILENCE: Final = 60.0
"""Seconds after which a server that says nothing is given up."""
_BROKEN: Final = ("Garbage packet received", "Server connection dropped")


@contextmanager
def opened(host: Host) -> Iterator[SftpBox]:
    """The box on a server, while the connection lasts. Raises as `hosts.connect`."""
    paramiko = library("paramiko", "sftp")
    transport = connect(host)
    try:
        try:
            client = paramiko.SFTPClient.from_transport(transport)
            client.get_channel().settimeout(_SILENCE)
        except (OSError, EOFError, paramiko.SSHException):
            what = "lets this user in, but offers no SFTP"
            raise ConfigError("a server for exchanged files cannot be used", (Problem(host.place, "", what, "ask the vendor"),)) from None
        yield SftpBox(client, host, paramiko)
    finally:
        transport.close()


class SftpBox:
    """A folder on a server, through one connection."""

    def __init__(self, client: Any, host: Host, paramiko: Any) -> None:
        self._client, self._host, self._paramiko = client, host, paramiko
        with self._asking():
            found = client.stat(host.folder)
            if not stat.S_ISDIR(found.st_mode or stat.S_IFDIR):
                raise FileNotFoundError(errno.ENOENT, "no folder")

    def sizes(self) -> dict[str, int]:
        """As `Box`."""
        with self._asking():
            entries = self._client.listdir_attr(self._host.folder)
        return {entry.filename: int(entry.st_size or 0) for entry in entries if stat.S_ISREG(entry.st_mode or stat.S_IFREG)}

    def size(self, name: str) -> int | None:
        """As `Box`."""
        with self._asking():
            try:
                return int(self._client.stat(self._at(name)).st_size or 0)
            except FileNotFoundError:
                return None

    def digest(self, name: str) -> str:
        """As `Box`."""
        state = hashlib.sha256()
        try:
            with self._asking(), self._client.open(self._at(name), "rb") as file:
                file.prefetch()
                while block := file.read(_BLOCK):
                    state.update(block)
        except ConfigError:  # a folder into which one may only write
            return ""
        return state.hexdigest()

    def fetch(self, name: str, target: Path, most: int) -> None:
        """As `Box`."""
        size, got = self.size(name), 0
        if size is None:
            raise refused(safe_name(name), "went away while it was fetched", "have it delivered again")
        with storing(target.parent), target.open("xb") as local, self._asking(), self._client.open(self._at(name), "rb") as file:
            if size <= most:
                file.prefetch(size)
            while got <= most and (block := file.read(_BLOCK)):
                got += len(block)
                _keep(local, block)
            points.passed("fetched")
        if got > most:
            target.unlink(missing_ok=True)
            raise refused(safe_name(name), f"has more than {most:,} bytes", "raise limits.file_bytes if that is right")

    def send(self, file: Path, name: str, sha256: str) -> None:
        """As `Box`."""
        part, size = f".{name}.{sha256[:16]}.part", file.stat().st_size
        with self._asking(), file.open("rb") as local:
            there = self._same_so_far(part, local, size)
            points.passed("before-part")
            with self._client.open(self._at(part), "r+b" if there else "wb") as remote:
                remote.set_pipelined(True)
                remote.seek(there)
                local.seek(there)
                while block := local.read(_BLOCK):
                    remote.write(block)
            points.passed("part-written")
            if self._client.stat(self._at(part)).st_size != size:
                raise self._full()
            self._rename(part, name)
        points.passed("renamed")
        self._drop_parts(name)

    def remove(self, name: str) -> None:
        """As `Box`."""
        with self._asking(), suppress(FileNotFoundError):
            self._client.remove(self._at(name))

    def _at(self, name: str) -> str:
        return f"{self._host.folder.rstrip('/') or ''}/{name}"

    def _same_so_far(self, part: str, local: IO[bytes], size: int) -> int:
        """How many bytes of a part are there and those of the file; 0 where any differs."""
        try:
            there = int(self._client.stat(self._at(part)).st_size or 0)
            if not 0 < there <= size:
                return 0
            with self._client.open(self._at(part), "rb") as remote:
                remote.prefetch(there)
                left = there
                while left and (block := remote.read(min(_BLOCK, left))):
                    if local.read(len(block)) != block:
                        return 0
                    left -= len(block)
                return there - left
        except FileNotFoundError:
            return 0
        except PermissionError:  # it may not be read again: begin anew
            return 0

    def _rename(self, part: str, name: str) -> None:
        try:
            self._client.posix_rename(self._at(part), self._at(name))
        except FileNotFoundError:
            raise
        except OSError:  # a server without OpenSSH's extension: its rename replaces nothing
            with suppress(FileNotFoundError):
                self._client.remove(self._at(name))
            self._client.rename(self._at(part), self._at(name))

    def _drop_parts(self, name: str) -> None:
        """Remove parts of earlier contents of a name that were never completed, as far as one may."""
        with suppress(ConfigError, StoreUnavailable):
            for found in self.sizes():
                if found.startswith(f".{name}.") and found.endswith(".part"):
                    self.remove(found)

    @contextmanager
    def _asking(self) -> Iterator[None]:
        try:
            yield
        except (ConfigError, StoreUnavailable):
            raise
        except FileNotFoundError:
            what = f"{self._host.shown} has no folder or file of that name there"
            raise self._wrong(what, "correct the folder in place, or ask the vendor to make it") from None
        except PermissionError:
            raise self._wrong(f"{self._host.shown} does not permit this there", "ask the vendor for the right to read or write") from None
        except (EOFError, self._paramiko.SSHException, ConnectionError, TimeoutError) as error:
            raise self._cut(error) from None
        except OSError as error:
            if error.args and str(error.args[0]) in ("Socket is closed", *_BROKEN):
                raise self._cut(error) from None
            raise self._full() from None

    def _wrong(self, what: str, mend: str) -> ConfigError:
        return ConfigError("a server for exchanged files cannot be used", (Problem(self._host.place, "", what, mend),))

    def _cut(self, error: BaseException) -> SafeToRerun:
        return SafeToRerun(f"{self._host.shown}: the connection broke ({type(error).__name__}) — run again: it goes on where it was")

    def _full(self) -> StoreUnavailable:
        return StoreUnavailable(f"{self._host.shown}: the server refused to go on; its disk may be full — ask the vendor, then run again")



def _keep(local: IO[bytes], block: bytes) -> None:
    try:
        local.write(block)
    except OSError as error:
        raise StoreUnavailable(f"{Path(local.name).parent.name}: {error.strerror} — free some space and run again") from None
