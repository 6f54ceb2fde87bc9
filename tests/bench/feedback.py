"""`make bench-feedback`: random months of a project with two vendors, four platforms and an agency that answer, and an oracle that reads
their files and the exports by itself.

Between nights platforms work what was exported: some answers come the next night, some later and in another order, some files twice under
two names, some events in two files, some rows on accounts that never left. The agency gets accounts by an export and by a delivery,
and gives some back. A vendor sells again what was found wrong. The oracle keeps what was delivered and exported by reading CSV files
with Python's own module, and asks of every night:

- every outcome that was delivered landed once, with its account and meaning, and nothing else did;
- nobody who opted out is in an export afterwards: not at the point, on any account and channel, and not on the channel, at any point;
- no account is in the exports of two holders.

HISTORIES= how many (100), NIGHTS= of each (6, over four weeks), SEED= the first (1), SECONDS= when to stop beginning another, RESULTS= a
file that keeps what was found, so that several calls add up.
"""

from __future__ import annotations

import csv
import datetime as dt
import json
import os
import random
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from jobs.feedback import load_project
from jobs.lists import lists_now
from jobs.outcomes import distinct
from jobs.pipeline import Options, run
from skiptrace.errors import SkiptraceError
from skiptrace.project import PRIVATE
from skiptrace.results import latest
from skiptrace.schema.working import PAST_EVENTS
from tests.bench.report import Figure, print_bench
from tests.jobs.replies import ACCOUNTS, FIRST, PEOPLE, PLACEMENTS, PROFILES, make_replies, write

DAYS = (0, 1, 2, 6, 13, 27, 3, 9, 20, 24)
"""Nights after the first day, in the order in which they are taken: the first NIGHTS of them, sorted."""
AGENCY = "acme"
EXPORTS = {**PROFILES, AGENCY: "agency_placement"}
MEANS: Mapping[str, Mapping[str, str]] = {
    "dialer": {"No Answer": "ring_no_answer", "Busy": "busy", "Do Not Call": "opt_out", "Wrong Number": "wrong_party",
               "Right Party Contact": "right_party"},
    "texts": {"sent": "sent", "delivered": "delivered", "21610": "opt_out", "30005": "not_in_service"},
    "mails": {"delivered": "delivered", "open": "opened", "bounce": "bounced", "unsubscribe": "opt_out"},
    "letters": {"letter.mailed": "sent", "letter.delivered": "delivered", "letter.returned_to_sender": "returned_mail"},
    AGENCY: {"no answer": "ring_no_answer", "do not call": "opt_out", "wrong number": "wrong_party", "rpc": "right_party"},
}  # fmt: skip
"""What each platform's code means, as its profile says."""
HARMLESS = ("ring_no_answer", "busy", "sent", "delivered", "opened")
CHANNEL = {"dialer": "voice", "texts": "sms", "mails": "email", "letters": "mail"}
HEADS = {
    "dialer": ("CALL ID", "TIMESTAMP", "DNIS", "DISPOSITION", "account_ids"),
    "texts": ("messageSid", "timestamp", "to", "messageStatus", "errorCode", "account_ids"),
    "mails": ("sg_event_id", "timestamp", "email", "event", "account_ids"),
    "letters": ("event_id", "date_created", "event_type", "ref"),
    AGENCY: ("event_id", "account_id", "channel", "value", "outcome", "occurred_at"),
}
VENDORS = """
[[source]]
name = "reseller"
path = "reseller.csv"
kind = "vendor_append"
purposes = ["fcra.collection"]
[source.columns]
record_id = "record"
first_name = "first_name"
last_name = "last_name"
dob = "dob"
phone = "phone"
last_seen = "seen"
"""
PERSON = {account: number for number, person in enumerate(PEOPLE) for account in person[6]}
Row = dict[str, str]
Landed = tuple[str, str, str]
"""Event, account, outcome."""


@dataclass(frozen=True)
class Answer:
    """A row of a result file, what the platform meant by it, and when."""

    export: str
    cells: tuple[str, ...]
    event: str
    accounts: tuple[str, ...]
    channel: str
    value: str
    outcome: str
    day: dt.date


@dataclass
class Found:
    """What the oracle counted over histories."""

    counts: Counter[str] = field(default_factory=Counter)
    seeds: list[int] = field(default_factory=list)


class Month:
    """One history: the project, its platforms, and the oracle's own books."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.random, self.counts, self.number = random.Random(seed), Counter[str](), 0
        self.project = make_replies(folder, EXPORTS, VENDORS + PLACEMENTS)
        file = self.project / "skiptrace.toml"
        text = file.read_text(encoding="utf-8").replace("date = 2026-05-25", "date = 2026-05-31")
        taken = self.random.choice(["balance > 440", "account_id = 'D1'", "balance < 405"])
        text = text.replace('profile = "agency_placement"\n', f'profile = "agency_placement"\nholder = "{AGENCY}"\nplace = "{taken}"\n')
        file.write_text(text, encoding="utf-8")
        self.placements: list[tuple[str, str, str, str]] = [("Z1", "elsewhere", "2026-05-01", "")]
        self.waiting: list[tuple[int, Answer]] = []
        self.delivered: list[Answer] = []
        self.left: dict[tuple[str, str], dt.date] = {}
        self.out: list[Answer] = []
        self.meant = 0
        self._vendor(FIRST)

    def live(self, nights: int) -> None:
        """The nights of the month, each checked."""
        for at, offset in enumerate(sorted(DAYS[:nights])):
            day = FIRST + dt.timedelta(offset)
            self._change(day)
            self._deliver(at)
            write(self.project / "placements.csv", ("account", "holder", "since", "until"), self.placements)
            outcome = run(self.project, Options(as_of=day, scheduler="sync", nightly=True), lambda step, done, total: None)
            self.counts["nights"] += 1
            self.counts["held"] += len(outcome.held)
            rows = {name: self._exported(outcome.folder, name) for name in EXPORTS}
            self._check_outcomes(day)
            self._check_opt_outs(rows)
            self._check_holders(rows)
            self._book(rows, day)
            self._answer(rows, day, at)

    def _vendor(self, day: dt.date) -> None:
        """The reseller's file: numbers of people, some of them other people's, sold again whatever came of them."""
        rows = []
        for number, (first, last, dob, _, phone, _, _) in enumerate(PEOPLE):
            shown = phone if self.random.random() < 0.7 else f"25355533{self.random.randrange(10, 99)}"
            rows.append((f"r{number}", first, last, dob, shown, (day - dt.timedelta(1)).isoformat()))
        write(self.project / "reseller.csv", ("record", "first_name", "last_name", "dob", "phone", "seen"), rows)

    def _change(self, day: dt.date) -> None:
        """Vendors sell anew; accounts are placed and called back by delivery."""
        if self.random.random() < 0.5:
            self._vendor(day)
        if self.random.random() < 0.4:
            self.placements.append((self.random.choice(ACCOUNTS), self.random.choice([AGENCY, "law firm"]), day.isoformat(), ""))
        if self.random.random() < 0.4:
            account, holder, since, _ = self.random.choice(self.placements)
            if since < day.isoformat():
                self.placements.append((account, holder, since, day.isoformat()))

    def _deliver(self, at: int) -> None:
        """The result files of this night: what is due, in any order, some of it twice."""
        due = [answer for night, answer in self.waiting if night <= at]
        self.waiting = [(night, answer) for night, answer in self.waiting if night > at]
        for export in EXPORTS:
            mine = [answer for answer in due if answer.export == export]
            if not mine:
                continue
            self.random.shuffle(mine)
            again = [answer for answer in self.delivered if answer.export == export and self.random.random() < 0.2]
            name = f"{export}_{at:02d}"
            write(self.project / "results" / f"{name}.csv", HEADS[export], [answer.cells for answer in mine + again])
            if self.random.random() < 0.3:
                shutil.copyfile(self.project / "results" / f"{name}.csv", self.project / "results" / f"{name} copy.csv")
            self.delivered += mine
            self.out += [answer for answer in mine if answer.outcome == "opt_out"]

    def _exported(self, folder: Path, name: str) -> list[Row]:
        """The rows of an export, as its platform reads them."""
        with (folder / "exports" / name / f"{name}.csv").open(newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file))

    def _check_outcomes(self, day: dt.date) -> None:
        """Every outcome that was delivered landed once, and nothing else."""
        meant = Counter({(f"{a.event}{'' if a.export in ('letters', AGENCY) else f'-{k}'}", account, a.outcome): 1
                         for a in self.delivered for k, account in enumerate(a.accounts, 1) if self._believed(a, account)})  # fmt: skip
        landed = Counter(self._landed(day))
        self.counts["outcomes"] += sum(meant.values()) - self.meant
        self.meant = sum(meant.values())
        self.counts["missing"] += sum((meant - landed).values())
        self.counts["unexpected"] += sum(1 for one in landed if one not in meant)
        self.counts["twice"] += sum(count - 1 for count in landed.values())

    def _landed(self, day: dt.date) -> list[Landed]:
        """What the product holds to be past attempts on a day, each as often as it counts."""
        project = load_project(self.project, {})
        events = lists_now(project, self.project.resolve() / PRIVATE, day).events
        assert events is not None
        told = distinct(events.append_column("source", pa.repeat("any", len(events))).cast(PAST_EVENTS.arrow))
        ledger = latest(self.project).ledger["outcomes"]["events"]
        self.counts["miscounted"] += abs(ledger - len(told))
        return [(row["event_id"], row["account_id"], row["outcome"]) for row in told.to_pylist()]

    def _believed(self, answer: Answer, account: str) -> bool:
        """Whether an outcome counts: it is of an account that had left on its channel by then, or somebody opted out."""
        first = min((day for key, day in self.left.items() if key in ((account, answer.channel), (account, "*"))), default=None)
        return answer.outcome == "opt_out" or (first is not None and first <= answer.day)

    def _check_opt_outs(self, rows: Mapping[str, list[Row]]) -> None:
        """Nobody who opted out is in an export: at the point, or on the channel."""
        for name, found in rows.items():
            for row in found:
                people = {PERSON.get(account) for account in _accounts(row)}
                channels = set(row["channels"].split("|")) if name == AGENCY else {CHANNEL[name]}
                points = {_plain(cell) for cell in row.values() if cell}
                for answer in self.out:
                    theirs = {PERSON[account] for account in answer.accounts if account in PERSON}
                    refused = answer.channel in channels and bool(people & theirs)
                    if refused or (answer.value and _plain(answer.value) in points):
                        self.counts["after opt-out"] += 1

    def _check_holders(self, rows: Mapping[str, list[Row]]) -> None:
        theirs = {account for row in rows[AGENCY] for account in _accounts(row)}
        own = {account for name, found in rows.items() if name != AGENCY for row in found for account in _accounts(row)}
        self.counts["two holders"] += len(theirs & own)
        self.counts["placed"] += len(theirs)

    def _book(self, rows: Mapping[str, list[Row]], day: dt.date) -> None:
        for name, found in rows.items():
            for row in found:
                for account in _accounts(row):
                    self.left.setdefault((account, "*" if name == AGENCY else CHANNEL[name]), day)
                    self.counts["contacts"] += 1

    def _answer(self, rows: Mapping[str, list[Row]], day: dt.date, at: int) -> None:
        """What platforms answer to the night's exports, and when it will come; some of it on what they never got."""
        for name, found in rows.items():
            for row in found:
                if self.random.random() < 0.6:
                    self._one(name, row, _accounts(row), day, at)
            if self.random.random() < 0.3:
                stranger = self.random.choice(["Z7", "Z8", self.random.choice(ACCOUNTS)])
                number = self.random.choice(PEOPLE)
                points = {"number1": number[4], "to": f"+1{number[4]}", "email": number[5], "phone": f"+1{number[4]}"}
                self._one(name, points, (stranger,), day, at)

    def _one(self, name: str, row: Row, accounts: tuple[str, ...], day: dt.date, at: int) -> None:
        self.number += 1
        event, when = f"{name}{self.number}", f"{day} 18:{self.number % 60:02d}:00"
        weights = [6 if meaning in HARMLESS else 1 for meaning in MEANS[name].values()]
        (code,) = self.random.choices(list(MEANS[name]), weights)
        outcome, joined = MEANS[name][code], "|".join(accounts)
        channel, value = CHANNEL.get(name, ""), ""
        cells: tuple[str, ...]
        if name == "dialer":
            value = row["number1"]
            cells = (event, when, value, code, joined)
        elif name == "texts":
            value = row["to"]
            cells = (event, when, value, *(("failed", code) if code.isdigit() else (code, "")), joined)
        elif name == "mails":
            value = row["email"]
            cells = (event, when, value, code, joined)
        elif name == "letters":
            cells = (event, when, code, accounts[0])
        else:
            channel = row.get("channels", "voice").split("|")[0]
            value = row.get("phone") or row.get("email") or ""
            if channel == "mail":
                value = ""
            cells = (event, accounts[0], channel, value, code, when)
        late = at + 1 + (self.random.randrange(1, 3) if self.random.random() < 0.3 else 0)
        self.waiting.append((late, Answer(name, cells, event, accounts, channel, value, outcome, day)))


def _accounts(row: Row) -> tuple[str, ...]:
    return tuple((row.get("account_ids") or row.get("ref") or row["account_id"]).split("|"))


def _plain(cell: str) -> str:
    """A phone number as ten digits, whatever else as it is."""
    digits = cell.removeprefix("+1")
    return digits if digits.isdigit() and len(digits) == 10 else cell.lower()


def measure(histories: int, nights: int, seed: int, seconds: float, results: Path | None = None) -> Found:
    """What histories of these seeds come to, with what `results` keeps of earlier calls; none begins after `seconds`."""
    found, begun = Found(), time.monotonic()
    known = {} if results is None or not results.is_file() else {
        one["seed"]: one["counts"] for one in map(json.loads, results.read_text(encoding="utf-8").splitlines()) if one["nights"] == nights
    }  # fmt: skip
    for one in range(seed, seed + histories):
        counts = known.get(one)
        if counts is None:
            if time.monotonic() - begun > seconds:
                break
            with tempfile.TemporaryDirectory(prefix="bench-feedback-") as folder:
                month = Month(Path(folder) / "project", one)
                try:
                    month.live(nights)
                except SkiptraceError:
                    month.counts["failed"] += 1
                counts = dict(month.counts)
            if results is not None:
                with results.open("a", encoding="utf-8") as file:
                    file.write(json.dumps({"seed": one, "nights": nights, "counts": counts}, sort_keys=True) + "\n")
        found.counts.update(counts)
        found.seeds.append(one)
    return found


def figures(found: Found, asked: int) -> list[Figure]:
    """What is told of histories."""
    counts, done = found.counts, len(found.seeds)
    return [
        Figure("histories", done, "simulated months", target=asked),
        Figure("nights", counts["nights"], "nights"),
        Figure("outcomes_delivered", counts["outcomes"], "outcomes that count"),
        Figure("contacts_exported", counts["contacts"], "accounts in rows"),
        Figure("outcomes_missing", counts["missing"], "outcomes", target=0, at_most=True),
        Figure("outcomes_twice", counts["twice"] + counts["miscounted"], "outcomes", target=0, at_most=True),
        Figure("outcomes_never_exported_that_count", counts["unexpected"], "outcomes", target=0, at_most=True),
        Figure("contacts_after_opt_out", counts["after opt-out"], "rows", target=0, at_most=True),
        Figure("accounts_of_two_holders", counts["two holders"], "accounts", target=0, at_most=True),
        Figure("nights_held_or_failed", counts["held"] + counts["failed"], "nights", target=0, at_most=True),
    ]


def main() -> None:
    environ = os.environ
    asked = int(environ.get("HISTORIES", "100"))
    place = environ.get("RESULTS")
    found = measure(
        asked, int(environ.get("NIGHTS", "6")), int(environ.get("SEED", "1")), float(environ.get("SECONDS", "inf")),
        Path(place) if place else None,
    )  # fmt: skip
    print_bench("feedback", figures(found, asked))


if __name__ == "__main__":
    main()
