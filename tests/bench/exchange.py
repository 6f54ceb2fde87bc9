"""Files sent and fetched while processes are killed, and files that somebody damaged: `make bench-exchange`.

    KILLS=20    how many uploads, and how many fetches, are killed with SIGKILL: half at a random moment of the whole attempt, half at
                one after its first bytes were seen to arrive
    SEED=       of the moments and of what is damaged (default: another each time; it is printed)
    SIZE=24     megabytes of a file

The server is sshd on loopback, the programs are gpg and age; plain, PGP and age take turns. While an upload or a fetch is under way, and
after it was killed, whatever has the final name must be whole. The same attempt again is the resume. Damaged files are offered together;
then the plaintext's canary is looked for in every file of the project and of the temporary folder."""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import signal
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from pathlib import Path

from jobs import delivering, receiving
from skiptrace.errors import DataRefused
from skiptrace.exchange.control import SUFFIX, control_bytes
from skiptrace.ids import file_digest
from skiptrace.project import load
from skiptrace.results import latest
from skiptrace.store.commit import encode_json, read_json
from tests.bench.report import Figure, print_bench
from tests.exchange_processes import get_ready, started
from tests.jobs.published import publish
from tests.pgp_keys import Keys, pgp_keys
from tests.project.test_form import HEAD
from tests.sftp_server import SftpServer, sftp_server
from tests.sftp_server import found as sshd

CANARY = b"CANARY-4411-JOCASTA,2535551234\n"
SEALS = ("plain", "pgp", "age")
DAY = "2026-06-30"


@dataclass
class Told:
    """What was seen while attempts were killed."""

    attempts: int = 0
    killed: int = 0
    in_transfer: int = 0
    partial: int = 0
    completed: int = 0
    left: int = 0
    bytes: int = 0
    seconds: float = 0.0
    wrong: list[str] = field(default_factory=list)


class Scene:
    """A project, a vendor's folder behind sshd, and keys of both."""

    def __init__(self, folder: Path, server: SftpServer, keys: Keys, megabytes: int, chance: random.Random) -> None:
        import pyrage

        self.project, self.theirs, self.temporary = folder / "project", folder / "theirs", folder / "tmp"
        self._server, self.keys, self.chance = server, keys, chance
        self._age, self.pyrage = pyrage.x25519.Identity.generate(), pyrage
        self._rows = megabytes * 1_000_000 // len(CANARY)
        publish(self.project)
        (self.project / "age.key").write_text(f"{self._age}\n")
        self.theirs.mkdir()

    def content(self) -> bytes:
        """A file's content, never the same, that no program can pack."""
        return CANARY + self.chance.randbytes(self._rows * len(CANARY)) + CANARY

    def sealed(self, content: bytes, seal: str, by: str = "vendor", sign: bool = True) -> bytes:
        """A file as the vendor delivers it."""
        if seal == "age":
            return bytes(self.pyrage.encrypt(content, [self._age.to_public()]))
        if seal == "pgp":
            target = self.theirs.parent / "message"
            who = getattr(self.keys, by) if sign else None
            return self.keys.message(content, target, self.keys.ours, who, "--compress-algo", "none").read_bytes()
        return content

    def opened(self, file: Path, seal: str) -> bytes:
        """A file that we delivered, opened by the vendor."""
        if seal == "pgp":
            return self.keys.opened(file)
        return bytes(self.pyrage.decrypt(file.read_bytes(), [self._age])) if seal == "age" else file.read_bytes()

    def says(self, kind: str, seal: str) -> None:
        """Write the project file with one outbox or inbox."""
        ours, vendor = self.keys.ours, self.keys.vendor
        seals = {
            ("outbox", "pgp"): f'keys = "{vendor.public}"\nrecipients = ["{vendor.fingerprint}"]\nsigner = "{ours.fingerprint}"\n'
            f'signer_key = "${{file:{ours.secret}}}"\n',
            ("inbox", "pgp"): f'keys = "{self.keys.both}"\nsigners = ["{vendor.fingerprint}"]\nkey = "${{file:{ours.secret}}}"\n',
            ("outbox", "age"): f'recipients = ["{self._age.to_public()}"]\n',
            ("inbox", "age"): 'identity = "${file:age.key}"\n',
        }
        text = (
            f'[[export]]\nname = "dialer"\nprofile = "csv"\n[[{kind}]]\nname = "vendor"\nplace = "{self._server.address(self.theirs)}"\n'
            f'host_key = "{self._server.pin}"\nkey = "${{file:{self._server.key}}}"\n'
        )
        more = "" if seal == "plain" else f"[{kind}.{seal}]\n{seals[kind, seal]}"
        (self.project / "skiptrace.toml").write_text(HEAD + text + more)

    def exported(self, content: bytes) -> None:
        """Let the run have an export of this content."""
        folder = latest(self.project).folder / "exports" / "dialer"
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        (folder / "dialer.csv").write_bytes(content)
        one = {"file": "dialer.csv", "rows": self._rows, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        (folder / "dialer.manifest.json").write_bytes(encode_json({"as_of": DAY, "files": [one]}))

    def offer(self, name: str, content: bytes, says: bytes | None = None) -> None:
        """Let the vendor deliver a file with its control file."""
        (self.theirs / name).write_bytes(content)
        said = control_bytes(name, 1, len(content), hashlib.sha256(content).hexdigest()) if says is None else says
        (self.theirs / f"{name}{SUFFIX}").write_bytes(said)

    def clear(self) -> None:
        """Both sides without files and receipts."""
        for folder in (self.theirs, self.project / "inbox", self.project / ".skiptrace"):
            shutil.rmtree(folder, ignore_errors=True)
        self.theirs.mkdir()

    def traces(self, *spared: Path) -> list[Path]:
        """Every file of the project and of the temporary folder that holds the canary."""
        places = [path for place in (self.project, self.temporary) for path in place.rglob("*")]
        return [path for path in places if path.is_file() and path not in spared and CANARY[:12] in path.read_bytes()]

    def deliver(self) -> None:
        delivering.deliver(latest(self.project), load(self.project, os.environ))

    def receive(self) -> None:
        receiving.receive(self.project)


def killed(process: BaseProcess, after: float, watch: Callable[[], bool], begins: Callable[[], bool] = lambda: True) -> tuple[bool, int]:
    """Kill a process so many seconds after `begins` is true; whether it was still at work, and how often `watch` saw something that must
    not be."""
    begun, seen = None, 0
    while begun is None or time.perf_counter() - begun < after:
        seen += watch()
        if begun is None and begins():
            begun = time.perf_counter()
        if not process.is_alive():
            break
        time.sleep(0.002)
    process.kill()
    process.join()
    return process.exitcode == -signal.SIGKILL, seen + watch()


def uploads(scene: Scene, kills: int) -> Told:
    """Uploads killed, and gone on with."""
    told, usual = Told(), dict[str, float]()
    for number in range(3 * kills + len(SEALS)):
        if told.killed == kills:
            break
        seal = SEALS[number % len(SEALS)]
        content = scene.content()
        scene.clear()
        scene.says("outbox", seal)
        scene.exported(content)
        name = f"dialer-{DAY}.csv" + ("" if seal == "plain" else f".{seal}")
        final = scene.theirs / name

        def partial(final: Path = final, content: bytes = content, seal: str = seal) -> bool:
            """Whether a file of the final name is there and not whole, or a control file without it."""
            control = final.with_name(f"{final.name}{SUFFIX}")
            announced = control.exists()
            if not final.exists():
                return announced
            least = len(content)
            if seal != "plain" and announced:
                least = int(read_json(control)["bytes"])
            return final.stat().st_size < least

        if seal not in usual:  # the first of its kind is left alone: it says how long one takes
            begun = time.perf_counter()
            scene.deliver()
            usual[seal] = time.perf_counter() - begun
            told.bytes, told.seconds = told.bytes + len(content), told.seconds + usual[seal]
            continue

        def arriving() -> bool:
            return any(path.name.endswith(".part") for path in scene.theirs.iterdir())

        late = bool(number % 2)
        after = scene.chance.uniform(0, usual[seal] / (4 if late else 1))
        was_killed, seen = killed(started("deliver", scene.project), after, partial, arriving if late else lambda: True)
        told.attempts, told.killed, told.partial = told.attempts + 1, told.killed + was_killed, told.partial + seen
        told.in_transfer += was_killed and arriving()
        told.partial += final.exists() and scene.opened(final, seal) != content
        scene.deliver()
        said = read_json(final.with_name(f"{name}{SUFFIX}"))
        whole = file_digest(final) == said["sha256"] and scene.opened(final, seal) == content
        told.completed += whole and sorted(path.name for path in scene.theirs.iterdir()) == sorted([name, f"{name}{SUFFIX}"])
        told.wrong += [] if whole else [f"{seal} upload {number}"]
        before = (final.stat().st_ino, final.stat().st_mtime_ns)
        scene.deliver()
        told.left += (final.stat().st_ino, final.stat().st_mtime_ns) != before
    return told


def fetches(scene: Scene, kills: int) -> Told:
    """Fetches killed, and done again."""
    told, usual = Told(), dict[str, float]()
    for number in range(3 * kills + len(SEALS)):
        if told.killed == kills:
            break
        seal = SEALS[number % len(SEALS)]
        content = scene.content()
        scene.clear()
        scene.says("inbox", seal)
        scene.offer("results.csv" + ("" if seal == "plain" else f".{seal}"), scene.sealed(content, seal))
        final = scene.project / "inbox" / "vendor" / "results.csv"

        def partial(final: Path = final, content: bytes = content) -> bool:
            return final.exists() and final.stat().st_size != len(content)

        if seal not in usual:
            begun = time.perf_counter()
            scene.receive()
            usual[seal] = time.perf_counter() - begun
            told.bytes, told.seconds = told.bytes + len(content), told.seconds + usual[seal]
            continue

        def arriving() -> bool:
            return any(path.is_file() for path in (scene.project / ".skiptrace" / receiving.SCRATCH).rglob("*"))

        late = bool(number % 2)
        after = scene.chance.uniform(0, usual[seal] / (2 if late else 1))
        was_killed, seen = killed(started("receive", scene.project), after, partial, arriving if late else lambda: True)
        told.attempts, told.killed, told.partial = told.attempts + 1, told.killed + was_killed, told.partial + seen
        told.in_transfer += was_killed and arriving()
        scene.receive()
        scene.receive()
        whole = final.read_bytes() == content
        told.completed += whole and [path.name for path in final.parent.iterdir()] == ["results.csv"]
        told.wrong += [] if whole else [f"{seal} fetch {number}"]
        run_export = latest(scene.project).folder / "exports" / "dialer" / "dialer.csv"
        told.left += len(scene.traces(final, run_export))
    return told


def damaged(scene: Scene) -> dict[str, dict[str, bytes]]:
    """Files that must be refused, by what seals them: the name and the bytes of each."""
    content, chance = scene.content()[: 2_000_000] + CANARY * 1_000, scene.chance
    found: dict[str, dict[str, bytes]] = {}
    for seal in ("pgp", "age"):
        good = scene.sealed(content, seal)
        offers = {"truncated-last": good[:-1], "truncated-half": good[: len(good) // 2], "truncated-head": good[:150], "empty": b""}
        for at in (len(good) // 3, len(good) - 20, *(chance.randrange(200, len(good)) for _ in range(4))):
            changed = bytearray(good)
            changed[at] ^= 1 << chance.randrange(8)
            offers[f"tampered-{at}"] = bytes(changed)
        offers["not-sealed"] = content
        found[seal] = offers
    found["pgp"] |= {
        "wrong-signer": scene.sealed(content, "pgp", "stranger"), "signed-by-us": scene.sealed(content, "pgp", "ours"),
        "unsigned": scene.sealed(content, "pgp", sign=False),
    }  # fmt: skip
    found["pgp"]["two-messages"] = scene.sealed(content, "pgp") + found["pgp"]["unsigned"]
    return found


def refusals(scene: Scene) -> tuple[int, int, list[str], int]:
    """How many damaged files were offered and refused, which were not, and in how many files a trace of them is left."""
    offered, refused, missed, traces = 0, 0, list[str](), 0
    shutil.rmtree(latest(scene.project).folder / "exports", ignore_errors=True)
    for seal, files in damaged(scene).items():
        scene.clear()
        scene.says("inbox", seal)
        for name, content in files.items():
            scene.offer(f"{name}.{seal}", content)
        good = scene.sealed(CANARY * 1_000, seal)
        scene.offer(f"renamed.{seal}", good, control_bytes(f"other.{seal}", 1, len(good), hashlib.sha256(good).hexdigest()))
        scene.offer(f"changed.{seal}", good + b"x", control_bytes(f"changed.{seal}", 1, len(good), hashlib.sha256(good).hexdigest()))
        names = {*(f"{name}.{seal}" for name in files), f"renamed.{seal}", f"changed.{seal}"}
        told: set[str] = set()
        try:
            scene.receive()
        except DataRefused as error:
            told = {problem.file.removesuffix(SUFFIX) for problem in error.problems}
        offered, refused = offered + len(names), refused + len(names & told)
        missed += sorted(names - told)
        traces += len(scene.traces())
        traces += len(list((scene.project / "inbox").rglob("*.csv")))
    return offered, refused, missed, traces


def measure(kills: int, seed: int, megabytes: int) -> tuple[list[Figure], list[str]]:
    """The figures, and what went wrong in words."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="st-")))
        (folder / "tmp").mkdir(mode=0o700)
        (folder / "ssh").mkdir(mode=0o700)
        (folder / "keys").mkdir(mode=0o700)
        get_ready()
        before = tempfile.tempdir
        tempfile.tempdir = str(folder / "tmp")  # what programs leave there is looked through
        stack.callback(setattr, tempfile, "tempdir", before)
        keys = stack.enter_context(pgp_keys(folder / "keys"))
        server = stack.enter_context(sftp_server(folder / "ssh"))
        scene = Scene(folder, server, keys, megabytes, random.Random(seed))
        up, down = uploads(scene, kills), fetches(scene, kills)
        offered, refused, missed, traces = refusals(scene)
    return [
        Figure("uploads killed before they ended", up.killed, f"of {up.attempts} uploads", kills),
        Figure("uploads killed with a part at the receiver's", up.in_transfer, "uploads"),
        Figure("partial files under a final name, uploads", up.partial, "sightings", 0, at_most=True),
        Figure("uploads completed by the same command", up.completed, "uploads", up.attempts),
        Figure("files sent twice", up.left, "files", 0, at_most=True),
        Figure("fetches killed before they ended", down.killed, f"of {down.attempts} fetches", kills),
        Figure("fetches killed with something in the private folder", down.in_transfer, "fetches"),
        Figure("partial files under a final name, fetches", down.partial, "sightings", 0, at_most=True),
        Figure("fetches completed by the same command", down.completed, "fetches", down.attempts),
        Figure("plaintext left after fetches", down.left, "files", 0, at_most=True),
        Figure("damaged files refused", refused, f"of {offered} files", offered),
        Figure("files with a trace of a refused plaintext", traces, "files", 0, at_most=True),
        Figure("sent", round(up.bytes / 1e6 / max(up.seconds, 1e-9), 1), "MB/s, sealing included"),
        Figure("fetched", round(down.bytes / 1e6 / max(down.seconds, 1e-9), 1), "MB/s, opening included"),
    ], [*up.wrong, *down.wrong, *(f"not refused: {name}" for name in missed)]  # fmt: skip


def lacking() -> str | None:
    """What this machine lacks for the bench."""
    if sshd() is None or shutil.which("ssh-keygen") is None:
        return "sshd is not installed: make deb-packages"
    if shutil.which("gpg") is None:
        return "gpg is not installed: make deb-packages"
    try:
        import gnupg  # noqa: F401
        import paramiko  # noqa: F401
        import pyrage  # noqa: F401
    except ImportError as error:
        return f"{error.name} is not installed"
    return None


def main() -> None:
    """Print the figures."""
    os.umask(0o077)
    seed = int(os.environ.get("SEED") or random.SystemRandom().randrange(1 << 30))
    if why := lacking():
        print_bench("exchange", [Figure("uploads completed by the same command", None, "uploads", reason=why)])
        return
    figures, wrong = measure(int(os.environ.get("KILLS") or 20), seed, int(os.environ.get("SIZE") or 24))
    print(f"SEED={seed}")
    for text in wrong:
        print(f"  {text}")
    print_bench("exchange", figures)


if __name__ == "__main__":
    main()
