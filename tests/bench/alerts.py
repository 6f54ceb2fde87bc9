"""`make bench-alerts`: what a simulated half year of nights told, beside what was so; and what a night's alerts cost.

    make bench-alerts [ACCOUNTS=2000] [RUNS=26] [STEP=3] [PACE=4] [SEED=…] [KEEP=folder] [VERBOSE=1] [BIG=1]

A project of `jobs.demo.nights` is run every STEP nights (`skiptrace run --as-of`), and each run's alerts are compared with the truth
of its night. How it is counted:

- *new current address*: alerts `moved` and `new_address`, an address once per account and night. True where it is where the consumer
  lives that night: the same line, or the same house number and ZIP code in another spelling. Where they lived last counts as true of
  somebody who has died while no file says so.
- *disconnected*: alerts `disconnected` and `reassigned`. True where the number does not reach the consumer that night.
- *deceased*: true where the consumer has died.
- An event is what a file showed for the first time since the run before, of an account that was in that run: the current address, a
  number that was not said to be dead before (of numbers that were a working contact point of the account in the run before: that a
  number nobody knew is dead is no change), a death. It is found where an alert of its kind and value came in that run or within
  LATE days while it was so. What no file shows is no miss, and neither is what a record shows of nobody in particular: one that shares
  no birth date, last four digits, number, mailbox or place with the tape, nor with a record that (so on) does.
  These are counted (`untold`). An address that already led in the run before is no event.

The speed is that of `jobs.alerts` alone, on two invented runs of a million accounts of which one in a hundred changed (BIG=1).
Prints a table, and as its last line one JSON object; exits 0 when it ran, whatever the figures.
"""

from __future__ import annotations

import datetime as dt
import os
import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from jobs.demo.nights import Truth, World
from jobs.demo.project import SEED
from jobs.pipeline import Options, run
from skiptrace.results import latest
from skiptrace.vocabulary import ALERT_KINDS, WRONG_STATUSES
from tests.bench.alerts_speed import measured
from tests.bench.report import Figure, print_bench

PRECISION, RECALL = 0.95, 0.90
LATE = 30
MILLION = 1_000_000
_GROUPS = {"new_current_address": ("moved", "new_address"), "disconnected": ("disconnected", "reassigned"), "deceased": ("deceased",)}
_WHAT = {"new_current_address": ("address",), "disconnected": ("disconnected", "reassigned"), "deceased": ("deceased",)}
_HOUSE = re.compile(r"^(PO BOX \S+|\S+).*?(\d{5})$")
Rows = list[dict[str, Any]]


class Judge:
    """Counts right and wrong alerts, and events that were told of or not, over runs."""

    def __init__(self) -> None:
        self.right: Counter[str] = Counter()
        self.told: Counter[str] = Counter()
        self.events: Counter[str] = Counter()
        self.found: Counter[str] = Counter()
        self.kinds: Counter[str] = Counter()
        self.untold: Counter[str] = Counter()
        self.stops: Counter[str] = Counter()
        self.wrong: Rows = []
        self.missed: list[tuple[str, dict[str, Any], dt.date]] = []
        self._open: list[tuple[str, dict[str, Any], dt.date]] = []
        self._dead: set[str] = set()
        self.linked: Counter[str] = Counter()
        self._before: dict[str, dict[str, str]] = {}

    def night(self, folder: Path, truth: Truth) -> None:
        """Judge the run published last."""
        published = latest(folder)
        alerts = published.table("alerts").to_pylist() + published_held(published)
        self.kinds.update(row["kind"] for row in alerts)
        self.stops.update(
            f"{row['kind']} {one['source']}" for row in alerts if row["kind"].endswith("stop") for one in row["evidence"] or ()
        )
        points = published.table("contact_points", ["account_id", "kind", "value", "rank", "status"]).to_pylist()
        once: set[tuple[str, str]] = set()
        homes = {row["account_id"]: row for row in truth.accounts.to_pylist()}
        states = {(row["account_id"], row["value"]): row["state"] for row in truth.points.to_pylist()}
        for group, kinds in _GROUPS.items():
            for row in (row for row in alerts if row["kind"] in kinds and row["account_id"] in homes):
                home = homes[row["account_id"]]
                if group == "new_current_address":
                    if (row["account_id"], row["after"]) in once:
                        continue
                    once.add((row["account_id"], row["after"]))
                    reported = home["deceased"] and row["account_id"] in self._dead
                    good = same_home(row["after"], home["last_address"]) and not reported
                elif group == "disconnected":
                    good = states.get((row["account_id"], value_of(row)), "disconnected") != "right" or home["deceased"]
                else:
                    good = home["deceased"]
                self.told[group] += 1
                self.right[group] += good
                if not good:
                    self.wrong.append({"group": group, "night": truth.day, **row, "truth": home})
        self._dead |= {row["account_id"] for row in truth.shown.to_pylist() if row["what"] == "deceased"}
        places: dict[str, list[str]] = {}
        for row in (row for row in points if row["kind"] == "address"):
            places.setdefault(row["account_id"], []).append(row["value"])
        self._match(alerts, truth, homes, places)
        self._before = {row["account_id"]: {} for row in published.table("accounts", ["account_id"]).to_pylist()}
        for row in points:
            if row["kind"] != "address" or row["rank"] == 1:
                self._before[row["account_id"]][row["value"]] = "lead" if row["kind"] == "address" else row["status"]

    def _match(self, alerts: Rows, truth: Truth, homes: Mapping[str, Any], places: Mapping[str, list[str]]) -> None:
        for group, whats in _WHAT.items():
            for event in truth.shown.to_pylist():
                known = self._before.get(event["account_id"])
                if event["what"] not in whats or known is None or event["account_id"] not in homes:
                    continue
                if not event["telling"]:
                    self.untold[group] += 1
                    continue
                if group == "disconnected" and known.get(event["value"], "gone") in (*WRONG_STATUSES, "gone"):
                    continue
                if group == "new_current_address" and any(
                    state == "lead" and same_home(value, event["value"]) for value, state in known.items()
                ):
                    continue
                if group == "new_current_address" and not homes[event["account_id"]]["current_address"]:
                    continue
                self.events[group] += 1
                self._open.append((group, event, truth.day))
        left = []
        for group, event, since in self._open:
            kinds = _GROUPS[group]
            hit = any(
                row["kind"] in kinds
                and row["account_id"] == event["account_id"]
                and (
                    group == "deceased"
                    or (same_home(row["after"], event["value"]) if group == "new_current_address" else value_of(row) == event["value"])
                )
                for row in alerts
            )
            known = (
                hit
                or group != "new_current_address"
                or any(same_home(value, event["value"]) for value in places.get(event["account_id"], ()))
            )
            if known and not event.get("linked"):
                event["linked"] = True
                self.linked[group] += 1
            if hit:
                self.found[group] += 1
            elif (truth.day - since).days <= LATE:
                left.append((group, event, since))
            else:
                self.missed.append((group, event, since))
        self._open = left

    def finish(self) -> None:
        """What is still open at the end was not told."""
        self.missed.extend(self._open)


def published_held(published: Any) -> Rows:
    """Alerts that were summed up in one line, one by one."""
    rows: Rows = published.table("alerts_held").to_pylist()
    return rows


def value_of(row: Mapping[str, Any]) -> str:
    """The number or mailbox of an alert `value (status)`."""
    return str(row["after"]).split(" (")[0]


def same_home(one: str, other: str) -> bool:
    """The same line, or the same house number (or box) and ZIP code."""
    if one == other:
        return True
    found = [_HOUSE.match(line) for line in (one, other)]
    return all(found) and found[0].groups() == found[1].groups()  # type: ignore[union-attr]


def simulated(environ: Mapping[str, str], folder: Path) -> Judge:
    """A project run every few nights, judged."""
    accounts, runs, step = (int(environ.get(name) or default) for name, default in (("ACCOUNTS", 2000), ("RUNS", 26), ("STEP", 3)))
    world = World.start(folder, int(environ.get("SEED") or SEED), accounts, pace=float(environ.get("PACE") or 4))
    judge = Judge()
    for number in range(runs):
        truth = world.advance(step) if number else world.truth()
        run(folder, Options(as_of=world.day, exports=False), lambda *_: None)
        judge.night(folder, truth)
        if environ.get("VERBOSE"):
            print(
                world.day,
                dict(judge.told),
                dict(judge.right),
                dict(judge.events),
                dict(judge.found),
                latest(folder).ledger["alerts"],
                flush=True,
            )
    judge.finish()
    return judge


def main(environ: Mapping[str, str] = os.environ) -> list[Figure]:
    """Measure and print; returns the figures."""
    with TemporaryDirectory() as place:
        judge = simulated(environ, Path(environ.get("KEEP") or Path(place) / "project"))
    figures = []
    for group in _GROUPS:
        told, events = judge.told[group], judge.events[group]
        figures.append(Figure(f"{group}_precision", judge.right[group] / told if told else None, "share", PRECISION, f"{told} alerts"))
        figures.append(
            Figure(
                f"{group}_recall",
                judge.found[group] / events if events else None,
                "share",
                RECALL,
                f"{events} events, and {judge.untold[group]} untold",
            )
        )
    linked, found = judge.linked["new_current_address"], judge.found["new_current_address"]
    reason = f"{linked} events whose record the runs linked to the account: the rest is a matter of linking"
    figures.append(Figure("new_current_address_recall_of_linked", found / linked if linked else None, "share", RECALL, reason))
    figures += [Figure(f"alerts_{kind}", judge.kinds[kind], "alerts") for kind in ALERT_KINDS]
    if environ.get("VERBOSE"):
        print(judge.stops.most_common(40))
        for row in judge.wrong[:60]:
            print("wrong", row)
        for row in judge.missed[:60]:
            print("missed", row)
    if environ.get("BIG"):
        with TemporaryDirectory() as place:
            spent = measured(Path(place), MILLION)
        figures.append(Figure("million_cpu", spent["cpu"], "s CPU", reason=f"{spent['alerts']:.0f} alerts"))
        figures.append(Figure("million_driver_cpu", spent["driver"], "s CPU, of them the driver's own"))
        figures.append(Figure("million_peak", spent["peak"], "GB"))
    print_bench("alerts", figures)
    return figures


if __name__ == "__main__":
    main()
