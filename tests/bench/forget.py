"""`make bench-forget`: canaries are forgotten and looked for in every byte of a project and of its backup, as it lies and as tables
decode it; a project that was lost is restored, and its next night compared; a project of the first version is migrated.

The project is generated: ACCOUNTS people with made-up names, of whom CANARIES are forgotten. Each canary is in the tape, in two sources
(in one of them, in turn, under another spelling, a former name, without a birth date, or with name and number alone), in past contacts
and on a list. Afterwards all is delivered once more under other record ids and account numbers, and another night runs."""

from __future__ import annotations

import datetime as dt
import os
import random
import shutil
import string
import tarfile
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from jobs.backup import backup
from jobs.forgotten import forget
from jobs.migrate import migrate
from jobs.pipeline import Options, Outcome, run
from jobs.restore import restore
from jobs.verified import verify
from skiptrace import schema
from skiptrace.normalize.identifiers import normalize_ssn
from skiptrace.project import load, token_key
from skiptrace.results import latest
from tests.bench.report import Figure, print_bench
from tests.jobs.canary import found

EARLIER = Path(__file__).parents[1] / "jobs" / "earlier" / "version-1.tar.gz"
DAY = dt.date(2026, 6, 30)
AT = dt.datetime(2026, 7, 1, 5, 0, tzinfo=dt.UTC)
OWN = ("portfolio.csv", "header.csv", "voter.csv", "calls.csv", "stops.csv")
_NAMES = """first_name = "first"
last_name = "last"
dob = "dob"
ssn = "ssn"
address_line1 = "street"
city = "city"
state = "state"
postal_code = "zip"
phone = "phone"
email = "email"
"""
_PROJECT = f"""version = 1
[project]
name = "canaries"
purposes = ["fcra.collection"]
[portfolio]
path = "portfolio.csv"
[portfolio.columns]
account_id = "account"
{_NAMES}[[source]]
name = "header"
path = "header.csv"
kind = "credit_header"
purposes = ["fcra.collection"]
[source.columns]
record_id = "record"
last_seen = "seen"
{_NAMES}[[source]]
name = "voter"
path = "voter.csv"
kind = "voter"
purposes = ["fcra.collection"]
[source.columns]
record_id = "record"
last_seen = "seen"
{_NAMES}[[source]]
name = "calls"
path = "calls.csv"
kind = "dispositions"
purposes = ["fcra.collection"]
[source.columns]
event_id = "event"
account_id = "account"
channel = "'voice'"
value = "value"
outcome_code = "outcome"
occurred_at = "day"
[[source]]
name = "stops"
path = "stops.csv"
kind = "suppression"
purposes = ["fcra.collection"]
[source.columns]
list = "'stops'"
scope = "'account'"
account_id = "account"
reason = "'opt_out'"
[[export]]
name = "plain"
profile = "csv"
[runtime]
scheduler = "sync"
"""
HEAD = ("first", "last", "dob", "ssn", "street", "city", "state", "zip", "phone", "email")


@dataclass(frozen=True)
class Person:
    """A made-up person: what the tape says, an earlier last name, another spelling of the first name."""

    account: str
    row: dict[str, str]
    former: str
    spelled: str

    def values(self) -> list[str]:
        """What must not be found any more."""
        street = self.row["street"].split(" ", 1)[1]
        ssn, phone = self.row["ssn"], self.row["phone"]
        numbers = [ssn, f"{ssn[:3]}-{ssn[3:5]}-{ssn[5:]}", phone, self.account, f"R{self.account}", f"V{self.account}"]
        names = [self.row["first"], self.row["last"], self.former, self.spelled, street.split()[0]]
        return [*numbers, *names, self.row["dob"], self.row["email"]]


def people(count: int, seed: int) -> list[Person]:
    """So many people whose names, streets, numbers and mailboxes nobody else has."""
    draw, taken = random.Random(seed), set[str]()

    def word(length: int) -> str:
        while True:
            made = "".join(draw.choice("aeiou" if at % 2 else "bdfgklmnprtvz") for at in range(length)).capitalize()
            if made not in taken:
                taken.add(made)
                return made

    out = []
    for number in range(count):
        first, last = word(8), word(9)
        born = dt.date(1950, 1, 1) + dt.timedelta(days=draw.randrange(18_000))
        ssn = f"{219 + number % 300:03d}{10 + number % 80:02d}{1000 + number:04d}"
        row = {
            "first": first, "last": last, "dob": born.isoformat(), "ssn": ssn,
            "street": f"{draw.randrange(100, 999)} {word(10)} Street", "city": "Tacoma", "state": "WA", "zip": "98402",
            "phone": f"253{draw.randrange(200, 999)}{1000 + number:04d}", "email": f"{word(9).lower()}@example.com",
        }  # fmt: skip
        out.append(Person(f"{''.join(draw.choice(string.ascii_uppercase) for _ in range(6))}{number:05d}", row, word(9), first[:-1] + "yx"))
    return out


def _reference(one: Person, turn: int) -> dict[str, str]:
    """What the second source says of a person."""
    row = dict(one.row)
    if turn == 0:
        return row | {"first": one.spelled, "ssn": ""}
    if turn == 1:
        return row | {"last": one.former, "email": ""}
    if turn == 2:
        return row | {"dob": "", "ssn": ""}
    return {name: row[name] if name in ("ssn", "first", "last") else "" for name in HEAD}


def deliver(project: Path, all_of_them: Sequence[Person], again: bool = False) -> None:
    """Write every delivery; `again`: under other account numbers of the tape and other record ids, and newer."""
    tape, header, voter, calls, stops = ([] for _ in range(5))
    seen = "2026-06-20" if again else "2026-05-01"
    for number, one in enumerate(all_of_them):
        mark = "9" if again else ""
        tape.append((mark + one.account, *(one.row[name] for name in HEAD)))
        header.append((f"R{mark}{one.account}", seen, *(one.row[name] for name in HEAD)))
        voter.append((f"V{one.account}", seen, *(_reference(one, number % 4)[name] for name in HEAD)))
        calls.append((f"E{mark}{number}", one.account, one.row["phone"], ("rpc", "wrong_number")[number % 2], seen))
        if number % 3 == 0:
            stops.append((one.account,))
    heads = {"portfolio": ("account", *HEAD), "header": ("record", "seen", *HEAD), "voter": ("record", "seen", *HEAD),
             "calls": ("event", "account", "value", "outcome", "day"), "stops": ("account",)}  # fmt: skip
    rows: dict[str, list[Any]] = {"portfolio": tape, "header": header, "voter": voter, "calls": calls, "stops": stops}
    for name, head in heads.items():
        (project / f"{name}.csv").write_text("\n".join([",".join(head), *(",".join(row) for row in rows[name])]) + "\n")


def _run(project: Path, day: dt.date) -> Outcome:
    return run(project, Options(scheduler="sync", as_of=day, nightly=True), lambda step, done, total: None)


def forgetting(folder: Path, accounts: int, canaries: int, seed: int, brief: bool = False) -> list[Figure]:
    """Canaries in every byte: before (a search that finds nothing must be able to), after each step, and in the backup. `brief`: no night
    between forgetting and the new deliveries."""
    project, everybody = folder / "project", people(accounts, seed)
    project.mkdir(parents=True)
    (project / "skiptrace.toml").write_text(_PROJECT)
    deliver(project, everybody)
    _run(project, DAY)
    gone = everybody[:: max(1, accounts // canaries)][:canaries]
    values = [value for one in gone for value in one.values()]
    seen = {value for hits in found(project, values, OWN).values() for value in hits}
    began = time.process_time()
    told = [forget(project, one.account, "privacy desk", "asked by letter", AT) for one in gone]
    spent = (time.process_time() - began) / len(gone)
    after = found(project, values, OWN)
    whole = verify(latest(project)).problems
    (folder / "backups").mkdir()
    backup(project, str(folder / "backups" / "after.tar"))
    in_backup = found(folder / "backups", values)
    if not brief:
        _run(project, DAY + dt.timedelta(days=1))
    next_night = found(project, values, OWN)
    deliver(project, everybody, again=True)
    outcome = _run(project, DAY + dt.timedelta(days=2))
    renamed = [name for one in gone for name in (f"9{one.account}", f"R9{one.account}")]
    again = found(project, [*values, *renamed], OWN)
    stones = [place.name for place in (project / ".skiptrace" / "forgotten").iterdir()]
    tokens = found(project, _tokens(project, gone), (*OWN, *stones))
    counts = outcome.ledger["counts"]
    stopped = sum(number % 3 == 0 for number, one in enumerate(everybody) if one in gone)
    expected = {"portfolio": len(gone), "header": len(gone), "voter": len(gone), "calls": len(gone), "stops": stopped}
    others = sum(abs(counts[name]["rejected"].get("forgotten", 0) - rows) for name, rows in expected.items())
    listed = sum(len(one.rows) for one in told[-1].inputs)
    return [
        Figure("canary values that a search finds before", len(seen), "values", len(values) // 2),
        Figure("files with a canary after forgetting", len(after), "files", 0, _where(after), at_most=True),
        Figure("files with a canary after another night", len(next_night), "files", 0, _where(next_night), at_most=True),
        Figure("files with a canary after all was delivered again", len(again), "files", 0, _where(again), at_most=True),
        Figure("files with the token of a canary's number, tombstones aside", len(tokens), "files", 0, _where(tokens), at_most=True),
        Figure("files with a canary in the backup", len(in_backup), "files", 0, _where(in_backup), at_most=True),
        Figure("tombstones", len(list((project / ".skiptrace" / "forgotten").iterdir())), "files", len(gone)),
        Figure("rows of others taken for a forgotten person, or missed", others, "rows", 0, at_most=True),
        Figure("problems that verify finds after forgetting", len(whole), "files", 0, at_most=True),
        Figure("rows of the user's files that were listed for the operator", listed, "rows", sum(expected.values())),
        Figure("CPU time to forget one person", round(spent, 2), "s"),
    ]  # fmt: skip


def _tokens(project: Path, gone: Sequence[Person]) -> list[str]:
    """The keyed tokens of the people's numbers, as hex digits."""
    key = token_key(load(project, os.environ), os.environ)
    numbers = pa.chunked_array([[one.row["ssn"] for one in gone]])
    return [token.hex() for token in normalize_ssn(numbers, None, key)["ssn_token"].to_pylist() if token]


def _where(hits: dict[str, list[str]]) -> str | None:
    kinds = sorted({"/".join(name.split("/")[:2]) for name in hits})
    return f"in {', '.join(kinds)}" if kinds else None


def restoring(folder: Path, accounts: int, seed: int) -> list[Figure]:
    """The next night of a project that was lost and restored, beside the night of one that was not."""
    project = folder / "kept"
    project.mkdir(parents=True)
    (project / "skiptrace.toml").write_text(_PROJECT)
    deliver(project, people(accounts, seed))
    _run(project, DAY)
    backup(project, str(folder / "kept.tar"))
    lost = folder / "lost"
    shutil.copytree(project, lost, symlinks=True, ignore=shutil.ignore_patterns(".skiptrace", "runs"))
    restore(lost, str(folder / "kept.tar"), AT)
    kept, restored = (_run(one, DAY + dt.timedelta(days=1)).ledger for one in (project, lost))
    pairs = [(file["sha256"], name, place) for one in ("tables", "evidence") for name, table in kept[one].items()
             for place, file in enumerate(table["files"])]  # fmt: skip
    same = 0
    for one in ("tables", "evidence"):
        for name, table in kept[one].items():
            with suppress(KeyError):
                same += sum(a["sha256"] == b["sha256"] for a, b in zip(table["files"], restored[one][name]["files"], strict=True))
    name = "table files of the night after a restore that are not those without the loss"
    return [Figure(name, len(pairs) - same, "files", 0, f"of {len(pairs)}, byte for byte", at_most=True)]


def migrating(folder: Path) -> list[Figure]:
    """Tables of a project of the first version, before and after."""
    with tarfile.open(EARLIER) as archive:
        archive.extractall(folder / "earlier", filter="data")
    (folder / "earlier" / ".skiptrace").chmod(0o700)
    before = latest(folder / "earlier").tables()
    migrate(folder / "earlier")
    after, unequal, lacking = latest(folder / "earlier").tables(), 0, 0
    for name, table in before.items():
        spec = schema.spec_of(name)
        lacking += len(set(spec.names) - set(after[name].column_names))
        for column in table.column_names:
            now = after[name][column]
            if name == "contact_points" and column == "evidence":  # its records have one part more
                unequal += _without_relation(now) != _without_relation(table[column])
            else:
                unequal += not now.cast(table[column].type).equals(table[column])
    return [
        Figure("columns that a migration changed", unequal, "columns", 0, f"of {len(before)} tables", at_most=True),
        Figure("columns of the schema that a migrated run lacks", lacking, "columns", 0, at_most=True),
    ]  # fmt: skip


def _without_relation(lists: pa.ChunkedArray) -> list[list[dict[str, Any]]]:
    return [[{key: value for key, value in one.items() if key != "relation"} for one in row] for row in lists.to_pylist()]


def measure(folder: Path, accounts: int, canaries: int, seed: int = 1) -> list[Figure]:
    """Every figure of this bench."""
    forgotten = forgetting(folder / "forget", accounts, canaries, seed)
    return [*forgotten, *restoring(folder / "restore", accounts, seed), *migrating(folder / "migrate")]


def main() -> None:
    """Measure by the environment: ACCOUNTS (200), CANARIES (8), SEED (1)."""
    sizes = (int(os.environ.get("ACCOUNTS", "200")), int(os.environ.get("CANARIES", "8")), int(os.environ.get("SEED", "1")))
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_CONFIG_HOME"] = str(Path(folder) / "config")
        print_bench("forget", measure(Path(folder), *sizes))


if __name__ == "__main__":
    main()
