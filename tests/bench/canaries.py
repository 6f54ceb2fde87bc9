"""Values that stand in every personal field of a project are looked for in all that a run leaves and prints: `make bench-canaries`.

    KILLS=5         runs that are killed with signal 9 at moments drawn from SEED
    ONLY=name,…     scenes, else all

Each scene is a process of the command line on a small project, in folders of its own: project, the folder it stands in, temporary folder,
home. A hit is a value in a place that is not meant to hold it: anything printed or logged, metrics, report, receipts, plans, keys of tasks,
names of files, temporary folders. Tables, the index and exports are meant to hold people; a social security number is meant to be nowhere.
"""

from __future__ import annotations

import fnmatch
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from tests.bench.report import Figure, print_bench
from tests.jobs.canary import found
from tests.jobs.tiny import make_tiny

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 240
OWN = ("portfolio.csv", "header.csv", "calls.csv", "stops.csv", "tape.parquet", "tape.csv.gz", "skiptrace.toml")
"""The user's own files."""
MEANT = ("*.parquet", "*.arrow", "*.bin", "*.npy", "runs/*/exports/*")
"""Files of ours, below a project, that are meant to hold people."""
NUMBERS = ("219-09-4417", "219094417", "321-07-5528", "321075528")
VALUES = (
    "Zephyrine", "Quackenbush", "Ottoline", "Vanderschnell", "Brimblecombe", "1957-03-29", "1957-03-30", "4719 Wobbleton", "WOBBLETON",
    "2534410987", "+12534410987", "2534410988", "zephyrine.q@canary-mail.com", "canary-mail", "Aldebaran Heights",
)  # fmt: skip


@dataclass
class Stage:
    """A scene's folders, what is added to the environment, the command, and what a person may have to do afterwards."""

    base: Path
    environ: dict[str, str] = field(default_factory=dict)
    command: list[str] = field(default_factory=lambda: ["run"])
    tidy: Callable[[], object] = lambda: None

    @property
    def project(self) -> Path:
        return self.base / "project"

    def change(self, old: str, new: str) -> None:
        """Replace a text of the project file."""
        file = self.project / "skiptrace.toml"
        text = file.read_text()
        assert old in text, old
        file.write_text(text.replace(old, new, 1))

    def tape(self, change: Callable[[bytes], bytes]) -> None:
        """Change the bytes of the tape."""
        file = self.project / "portfolio.csv"
        file.write_bytes(change(file.read_bytes()))

    def damage(self, pattern: str) -> None:
        """Run once, and turn over a byte in the middle of every file below the private folder that is called so."""
        self.run()
        for place in (self.project / ".skiptrace").rglob(pattern):
            content = bytearray(place.read_bytes())
            content[len(content) // 2] ^= 0x55
            place.write_bytes(content)
        self.tape(lambda content: content.replace(b"A002,", b"A902,"))

    def start(self) -> subprocess.Popen[bytes]:
        """The command line, in a process group of its own; what it prints goes to files."""
        for name in ("here", "tmp", "home"):
            (self.base / name).mkdir(exist_ok=True)
        home = str(self.base / "home")
        environ = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("SKIPTRACE", "AWS_"))},
            "PYTHONPATH": str(ROOT), "TMPDIR": str(self.base / "tmp"), "HOME": home, "XDG_CONFIG_HOME": f"{home}/config",
            "XDG_CACHE_HOME": f"{home}/cache", "PYTHONDONTWRITEBYTECODE": "", **self.environ,
        }  # fmt: skip
        with (self.base / "stdout").open("ab") as out, (self.base / "stderr").open("ab") as err:
            return subprocess.Popen(
                [sys.executable, "-m", "jobs.cli", "--project", str(self.project), "--debug", "-v", *self.command],
                stdout=out, stderr=err, stdin=subprocess.DEVNULL, cwd=self.base / "here", env=environ, start_new_session=True,
            )  # fmt: skip

    def run(self) -> int:
        """The exit code of the command; -9 where it was ended after a while."""
        process = self.start()
        try:
            return process.wait(SECONDS)
        except subprocess.TimeoutExpired:
            end(process)
            return -9


def end(process: subprocess.Popen[bytes]) -> None:
    """Kill a process and those that it started."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def made(base: Path) -> Stage:
    """The project with a value in every personal field, of accounts and of records."""
    project = make_tiny(base / "project")
    text = (project / "skiptrace.toml").read_text()
    text = text.replace('balance = "balance"', 'balance = "balance"\nssn = "ssn"\nemail = "email"\nformer_names = "former"', 1)
    text = text.replace('last_seen = "last_seen"', 'last_seen = "last_seen"\nssn = "ssn"\nemail = "email"', 1)
    text += '[monitoring]\nlog = "../log/run.jsonl"\nmetrics = "../log/run.prom"\n'
    (base / "log").mkdir(mode=0o700)
    (project / "skiptrace.toml").write_text(text)
    _add(project / "portfolio.csv", ",ssn,email,former", ",,,",
         "C001,Zephyrine,Quackenbush,1957-03-29,4719 Wobbleton Lane,Aldebaran Heights,WA,98402,2534410987,900.50,"
         "219-09-4417,zephyrine.q@canary-mail.com,Brimblecombe",
         "C002,Ottoline,Vanderschnell,1957-03-30,4719 Wobbleton Lane,Tacoma,WA,98402,2534410988,80.50,321-07-5528,"
         "o@canary-mail.com,")  # fmt: skip
    _add(project / "header.csv", ",ssn,email", ",,",
         "R901,Zephyrine,Quackenbush,1957-03-29,4719 Wobbleton Lane,Tacoma,WA,98402,2534410987,2026-03-01,219-09-4417,"
         "zephyrine.q@canary-mail.com")  # fmt: skip
    (project / "calls.csv").write_text((project / "calls.csv").read_text() + "E9,C001,voice,2534410987,wrong_number,2026-05-09\n")
    return Stage(base)


def _add(file: Path, head: str, empty: str, *rows: str) -> None:
    first, *others = file.read_text().splitlines()
    file.write_text("\n".join([first + head, *(line + empty for line in others), *rows]) + "\n")


def _twice(stage: Stage) -> None:
    stage.tape(lambda content: content + b"".join(line.replace(b"98402", b"98403") + b"\n" for line in content.splitlines()[1:]))


def _parquet(stage: Stage) -> None:
    pq.write_table(pa_csv.read_csv(stage.project / "portfolio.csv"), stage.project / "tape.parquet", compression="none")
    content = bytearray((stage.project / "tape.parquet").read_bytes())
    content[content.index(b"Quackenbush")] ^= 0x80
    (stage.project / "tape.parquet").write_bytes(content)
    stage.change("portfolio.csv", "tape.parquet")


def _bug(stage: Stage) -> None:
    """A task dies of an error that has a value in its text and in its variables."""
    (stage.base / "odd").mkdir()
    (stage.base / "odd" / "sitecustomize.py").write_text(
        "import skiptrace.contacts.points as m\n"
        "def broken(*a, **k):\n"
        "    value = 'Zephyrine Quackenbush 219-09-4417'\n"
        "    try:\n        raise KeyError(value)\n    except KeyError as error:\n        raise ValueError(value) from error\n"
        "for name in [n for n in dir(m) if callable(getattr(m, n)) and getattr(getattr(m, n), '__module__', '') == m.__name__]:\n"
        "    setattr(m, name, broken)\n"
    )
    stage.environ["PYTHONPATH"] = f"{stage.base / 'odd'}:{ROOT}"


def _list(stage: Stage) -> None:
    rows = "\n".join(f"all,endpoint,voice,Zephyrine Quackenbush {n}" for n in range(9))
    (stage.project / "stops.csv").write_text(f"list,scope,channel,value\n{rows}\n")
    with (stage.project / "skiptrace.toml").open("a") as file:
        file.write('[[source]]\nname = "stops"\npath = "stops.csv"\nkind = "suppression"\npurposes = ["fcra.collection"]\n'
                   '[source.columns]\nlist = "list"\nscope = "scope"\nchannel = "channel"\nvalue = "value"\n')  # fmt: skip


def _full(stage: Stage) -> None:
    place = stage.project / ".skiptrace"
    place.mkdir(mode=0o700)
    mount = ["mount", "-t", "tmpfs", "-o", "size=300k,mode=700", "tmpfs", str(place)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        raise NotImplementedError("needs the right to mount a small disk")
    stage.tidy = lambda: subprocess.run(["umount", "-l", str(place)], capture_output=True, check=False)


def _store(stage: Stage) -> None:
    stage.change('scheduler = "sync"', 'scheduler = "sync"\nstore = "s3://bucket/project"')
    stage.environ |= {
        "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "y",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
        "AWS_MAX_ATTEMPTS": "1",
    }


def _poison(stage: Stage) -> None:
    stage.change('scheduler = "sync"', 'scheduler = "processes"\nworkers = 1\nmemory_limit = "60MB"')


def _unclosed(content: bytes) -> bytes:
    return content.replace(b"Zephyrine,", b'"Zephyrine,')


SCENES: dict[str, Callable[[Stage], object]] = {
    "success": lambda stage: None,
    "an unclosed quote": lambda stage: stage.tape(_unclosed),
    "bytes of another alphabet": lambda stage: stage.tape(lambda content: content.replace(b"Quackenbush", b"Quackenbush\xe9\xff")),
    "ragged rows": lambda stage: stage.tape(lambda content: content.replace(b",Quackenbush,", b",Quackenbush,,,")),
    "a tape cut in the middle": lambda stage: stage.tape(lambda content: content[: content.index(b"Wobbleton")]),
    "a tape of NUL bytes": lambda stage: stage.tape(lambda content: content.replace(b"Zephyrine", b"Zephyrine\0")),
    "damaged Parquet": _parquet,
    "no header": lambda stage: stage.tape(lambda content: content.split(b"\n", 1)[1]),
    "account numbers twice": _twice,
    "a list of the wrong values": _list,
    "a column that is not there": lambda stage: stage.change('last_name = "last_name"', 'last_name = "surname"'),
    "a mapping that raises values": lambda stage: stage.change(
        'first_name = "first_name"', 'first_name = "error(first_name || last_name)"'
    ),
    "a mapping of the wrong kind": lambda stage: stage.change('balance = "balance"', "balance = \"last_name::INT + 'Quackenbush'::DATE\""),
    "a filter that raises values": lambda stage: stage.change(
        'path = "portfolio.csv"', 'path = "portfolio.csv"\nwhere = "last_name::INT > 1"'
    ),
    "a value where another kind stands": lambda stage: stage.change("[runtime]", '[runtime]\nworkers = "Quackenbush 219-09-4417"'),
    "TOML that does not parse": lambda stage: stage.change('name = "tiny"', "name = Quackenbush 219-09-4417"),
    "a table of the run damaged": lambda stage: stage.damage("part-*.parquet"),
    "an index damaged": lambda stage: stage.damage("*.arrow"),
    "a model damaged": lambda stage: stage.damage("match-*.json"),
    "a full disk": _full,
    "a store that is gone": _store,
    "a partition that kills its worker": _poison,
    "a folder that everybody may write": lambda stage: stage.project.chmod(0o777),
    "a bug with a value in its text": _bug,
    "an option that is a value": lambda stage: stage.command.extend(["--as-of", "Quackenbush"]),
    "an account that is not there": lambda stage: setattr(stage, "command", ["explain", "C001", "--point", "2534410987"]),
}


def hits(stage: Stage) -> list[str]:
    """Places that hold a value and are not meant to: place, and the values by number (they are made up, but so is this habit)."""
    where = found(stage.base, VALUES, leave=OWN) | {}
    secret = found(stage.base, NUMBERS, leave=OWN)
    told = [f"{name}: number" for name in secret]
    for name in where:
        inner = name.removeprefix("project/")
        if not (name.startswith("project/") and any(fnmatch.fnmatch(inner, pattern) for pattern in MEANT)) and not name.startswith("odd/"):
            told.append(f"{name}: {len(where[name])} values")
    return sorted(one for one in told if not one.startswith("odd/"))


def left_behind(stage: Stage) -> list[str]:
    """Files in folders that a process must leave as it found them, and spilled rows."""
    places = [stage.base / "here", stage.base / "tmp", stage.project / ".skiptrace" / "spill"]
    return sorted(str(file.relative_to(stage.base)) for place in places if place.is_dir() for file in place.rglob("*") if file.is_file())


def played(name: str, base: Path) -> tuple[int | None, list[str]]:
    """(exit code, hits and files left) of a scene; None where this machine cannot play it."""
    stage = made(base)
    try:
        try:
            SCENES[name](stage)
        except NotImplementedError as error:
            return None, [str(error)]
        code = stage.run()
        return code, hits(stage) + left_behind(stage)
    finally:
        stage.tidy()


def killed(seed: int, base: Path, whole: float) -> list[str]:
    """Hits after a run was killed at a moment of its time, and after the same command has gone on; files left then."""
    stage, chance = made(base), random.Random(seed)
    stage.change('scheduler = "sync"', chance.choice(('scheduler = "sync"', 'scheduler = "processes"\nworkers = 2')))
    process = stage.start()
    time.sleep(chance.uniform(0.3, 1) * whole)
    end(process)
    told = hits(stage)
    stage.run()
    return told + hits(stage) + left_behind(stage)


def main() -> None:
    """Play the scenes, print what was found, and the figures."""
    names = os.environ["ONLY"].split(",") if os.environ.get("ONLY") else list(SCENES)
    kills, seed, total, not_played, whole, failed = int(os.environ.get("KILLS") or 5), int(os.environ.get("SEED") or 1), 0, [], 20.0, 0
    with tempfile.TemporaryDirectory(prefix="skiptrace-canaries-") as scratch:
        for number, name in enumerate(names):
            begun = time.monotonic()
            (Path(scratch) / f"scene-{number}").mkdir()
            code, told = played(name, Path(scratch) / f"scene-{number}")
            if name == "success":
                whole = time.monotonic() - begun
            if code is None:
                not_played.append(name)
            else:
                total, failed = total + len(told), failed + (code != 0)
            print(f"{name}: exit {code}, {len(told)} hits" + "".join(f"\n    {one}" for one in told))
        for number in range(kills):
            (Path(scratch) / f"kill-{number}").mkdir()
            told = killed(seed + number, Path(scratch) / f"kill-{number}", whole)
            total += len(told)
            print(f"kill {seed + number}: {len(told)} hits" + "".join(f"\n    {one}" for one in told))
    missing = f"not played here: {', '.join(not_played)}" if not_played else None
    print_bench("canaries", [
        Figure("hits", total, "places", 0, at_most=True),
        Figure("kinds of failure", failed, "scenes that ended with an error", 20, reason=missing),
        Figure("runs killed", kills, "runs"),
    ])  # fmt: skip


if __name__ == "__main__":
    main()
