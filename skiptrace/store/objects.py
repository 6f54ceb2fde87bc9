"""Places on an object store, by URL: put-if-absent, read, replaced, listed and removed through fsspec.

An object is seen whole or not at all, and `If-None-Match: *` (fsspec's mode "create") lets exactly one writer create it. A store
that only pretends is found by `skiptrace.store.probe`. What can heal (no answer, 5xx, 409 of two writers at once) is tried again a
few times; everything else is told at once, with the mend. Errors of libraries are never repeated: they may hold credentials.
"""

from __future__ import annotations

import errno
import posixpath
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, TypeVar

import fsspec

from skiptrace.errors import StoreUnavailable
from skiptrace.store import points

_WAITS = (0.2, 1.0, 3.0)
"""Seconds before something that can heal is tried again; each try is itself repeated by the store's own client."""
_HEALING = {
    "ConnectTimeoutError", "ReadTimeoutError", "EndpointConnectionError", "ConnectionClosedError", "ConnectionError", "HTTPClientError",
    "IncompleteRead", "ResponseParserError", "FSTimeoutError", "TimeoutError", "ClientConnectorError", "ServerDisconnectedError",
}  # fmt: skip
_OPTIONS: dict[str, dict[str, Any]] = {"s3": {"config_kwargs": {"connect_timeout": 5, "read_timeout": 60}}}
_Result = TypeVar("_Result")


@dataclass(frozen=True)
class Upload:
    """An upload in parts that was not completed: the name it was for, its id, and when it was begun (seconds since 1970)."""

    name: str
    id: str
    changed: float


@dataclass(frozen=True)
class ObjectPath:
    """A place on an object store, used like a `pathlib.Path` as far as both can the same. There are no folders: one is there
    while something lies below it, and nothing must be made before writing."""

    url: str

    def __str__(self) -> str:
        return self.url

    def __truediv__(self, name: object) -> ObjectPath:
        return ObjectPath(f"{self.url.rstrip('/')}/{name}")

    @property
    def name(self) -> str:
        """The last part."""
        return posixpath.basename(self.url.rstrip("/"))

    @property
    def parent(self) -> ObjectPath:
        """The place above."""
        return ObjectPath(posixpath.dirname(self.url.rstrip("/")))

    def resolve(self) -> ObjectPath:
        """Itself: an object store has no links."""
        return self

    def absolute(self) -> ObjectPath:
        """Itself."""
        return self

    def is_symlink(self) -> bool:
        """Never."""
        return False

    def size(self) -> int | None:
        """Bytes of the object; None where there is none."""
        system, name = self._system()

        def ask() -> int | None:
            found = system.info(name)
            return int(found["size"]) if found["type"] == "file" else None

        try:
            return self._tried(ask)
        except FileNotFoundError:
            return None

    def is_file(self) -> bool:
        """Whether there is an object of this name."""
        return self.size() is not None

    def is_dir(self) -> bool:
        """Whether anything lies below this place."""
        return bool(self._children())

    def read_bytes(self) -> bytes:
        """The object. Raises FileNotFoundError where there is none."""
        system, name = self._system()
        return bytes(self._tried(lambda: system.cat_file(name)))

    def read_text(self, encoding: str = "utf-8") -> str:
        """The object as text. Raises as `read_bytes`."""
        return self.read_bytes().decode(encoding)

    def fetch(self, target: Path) -> None:
        """Copy the object into a local file. Raises FileNotFoundError where there is none."""
        system, name = self._system()
        self._tried(lambda: system.get_file(name, str(target)))

    def create(self, content: bytes | Path) -> bool:
        """Put bytes, or a local file, if there is no such object. Returns whether this call created it: a second try that meets
        its own bytes, because the answer to the first was lost, did."""
        system, name = self._system()
        points.passed("before-create")
        try:
            if isinstance(content, bytes):
                self._tried(lambda: system.pipe_file(name, content, mode="create"))
            else:
                self._tried(lambda: system.put_file(str(content), name, mode="create"))
        except FileExistsError:
            return isinstance(content, bytes) and self.read_bytes() == content
        points.passed("created")
        return True

    def replace(self, content: bytes | Path) -> None:
        """Put bytes, or a local file, whatever is there: readers see the old object or the new one."""
        system, name = self._system()
        points.passed("before-replace")
        if isinstance(content, bytes):
            self._tried(lambda: system.pipe_file(name, content))
        else:
            self._tried(lambda: system.put_file(str(content), name))
        points.passed("replaced")

    def copy_to(self, target: ObjectPath) -> None:
        """Give the object a second name, within the store. Raises FileNotFoundError where there is none."""
        system, name = self._system()
        points.passed("before-copy")
        self._tried(lambda: system.cp_file(name, target._system()[1]))
        points.passed("copied")

    def unlink(self, missing_ok: bool = False) -> None:
        """Remove the object. Raises FileNotFoundError where there is none and that matters."""
        system, name = self._system()
        points.passed("before-remove")
        try:
            self._tried(lambda: system.rm_file(name))
        except FileNotFoundError:
            if not missing_ok:
                raise

    def iterdir(self) -> Iterator[ObjectPath]:
        """What lies directly below."""
        return (self / name for name in sorted(self._children()))

    def glob(self, pattern: str) -> Iterator[ObjectPath]:
        """What lies directly below and has a name of this pattern."""
        return (self / name for name in sorted(self._children()) if fnmatchcase(name, pattern))

    def below(self) -> dict[str, dict[str, Any]]:
        """Every object below, by its name relative to this place: as the store describes it, with `size` and `LastModified`."""
        system, name = self._system()
        try:
            found = self._tried(lambda: system.find(name, detail=True, refresh=True))
        except FileNotFoundError:
            return {}
        return {path[len(name) :].lstrip("/"): detail for path, detail in found.items() if path.startswith(name.rstrip("/") + "/")}

    def remove_below(self) -> None:
        """Remove every object below this place."""
        for name in sorted(self.below()):
            (self / name).unlink(missing_ok=True)

    def uploads(self) -> list[Upload]:
        """Uploads in parts to names below this place that were begun and not completed, as far as the store tells of them."""
        system, name = self._system()
        if not hasattr(system, "list_multipart_uploads"):
            return []
        bucket, _, inner = name.partition("/")
        found = self._tried(lambda: system.list_multipart_uploads(bucket))
        return [
            Upload(one["Key"][len(inner) :].lstrip("/"), one["UploadId"], one["Initiated"].timestamp())
            for one in found if one["Key"].startswith(inner.rstrip("/") + "/")
        ]  # fmt: skip

    def abort(self, upload: Upload) -> None:
        """Give an upload up: the store frees its parts."""
        system, name = self._system()
        bucket, _, inner = name.partition("/")
        self._tried(lambda: system.abort_mpu(bucket, f"{inner.rstrip('/')}/{upload.name}", upload.id))

    def _children(self) -> list[str]:
        system, name = self._system()
        try:
            found = self._tried(lambda: system.ls(name, detail=False, refresh=True))
        except FileNotFoundError:
            return []
        return [posixpath.basename(path.rstrip("/")) for path in found if path.rstrip("/") != name.rstrip("/")]

    def _system(self) -> tuple[Any, str]:
        scheme = self.url.partition("://")[0]
        try:
            system, name = fsspec.core.url_to_fs(self.url, use_listings_cache=False, **_OPTIONS.get(scheme, {}))
        except (ImportError, ValueError):
            raise StoreUnavailable(f"{scheme}: this kind of store is not installed — install its extra, such as skiptrace[s3]") from None
        return system, name

    def _tried(self, act: Callable[[], _Result]) -> _Result:
        for wait in (*_WAITS, None):
            try:
                return act()
            except FileExistsError:
                raise
            except Exception as error:  # every store has its own errors
                code, status = _answer(error)
                if status == 412:
                    raise FileExistsError(errno.EEXIST, "there is an object of this name", self.name) from None
                if isinstance(error, FileNotFoundError) and code != "NoSuchBucket":
                    raise FileNotFoundError(errno.ENOENT, "no such object", self.name) from None
                if wait is None or not _heals(error, code, status):
                    raise StoreUnavailable(told(self.url, error)) from None
            time.sleep(wait)
        raise AssertionError  # the last try returns or raises


def _answer(error: BaseException) -> tuple[str, int]:
    """The code and the status that a store answered with, as far as the error tells."""
    for one in (error, error.__cause__):
        response = getattr(one, "response", None)
        if isinstance(response, dict):
            return str(response.get("Error", {}).get("Code", "")), int(response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    return "", 0


def _heals(error: BaseException, code: str, status: int) -> bool:
    if status:
        return status in (408, 409, 425, 429) or (status >= 500 and status not in (501, 507)) or code == "SlowDown"
    return isinstance(error, TimeoutError | ConnectionError) or any(kind.__name__ in _HEALING for kind in type(error).__mro__)


def told(url: str, error: BaseException) -> str:
    """What is wrong with a store, by the error of its library, and the mend. The error's own text may hold credentials."""
    (code, status), kind = _answer(error), type(error).__name__
    where = "://".join((url.partition("://")[0], url.partition("://")[2].partition("/")[0]))
    if "Credential" in kind or kind in ("NoAuthTokenError", "TokenRetrievalError", "ProfileNotFound"):
        return f"{where}: no credentials — give them to the store's own configuration, such as AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
    if code == "NoSuchBucket":
        return f"{where}: the bucket does not exist — make it, or correct its name"
    if isinstance(error, PermissionError) or status in (401, 403):
        return f"{where}: the store refuses these credentials, or they may not do this — check the key and its policy"
    if status == 507 or getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT):
        return f"{where}: the store is full — free some space and run again"
    if _heals(error, code, status):
        return f"{where}: the store does not answer ({kind}) — see that it is up, then run again"
    return f"{where}: the store refused ({code or kind}) — run again, or correct its configuration"
