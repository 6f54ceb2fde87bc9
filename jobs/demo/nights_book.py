"""The buyer's own files of a year of nights: the portfolio, what came of the night's attempts, and the list of who opted out.

Accounts are paid on, recalled and bought: some of the tape is held back and comes in further files. Attempts end as the points
tried are that day (see `events`).
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa

from jobs.demo import events, records
from jobs.demo.points import formatted
from jobs.demo.project import write
from jobs.demo.records import World
from jobs.demo.tape import Debtors, Portfolio
from jobs.demo.words import Random, Whole, present, stream, texts

HELD_BACK: Final = 0.09  # Accounts that are bought later, in three further files, a month apart.
FURTHER: Final = 3
PAID: Final = 0.01  # Accounts that are paid on, per week.
RECALLED: Final = 0.004  # Accounts that the seller takes back, per month.
TRIED: Final = 0.02  # Accounts that are tried per night.
OPTED: Final = 0.0002  # Accounts, per night, whose consumer opts out elsewhere.


class Book:
    """Portfolio, dispositions and suppressions of a project, night by night."""

    def __init__(self, folder: Path, world: World, debtors: Debtors, portfolio: Portfolio, suppressed: pa.Table, seed: int) -> None:
        self._folder, self._seed, self._debtors, self._slot = folder, seed, debtors, portfolio.slot
        for file in (folder / "portfolio").glob("*.parquet"):
            file.unlink()
        rows = portfolio.rows
        later = max(FURTHER, int(rows.num_rows * HELD_BACK))
        cuts = [0, *np.linspace(rows.num_rows - later, rows.num_rows, FURTHER + 1).astype(int).tolist()]
        self._parts = [rows.slice(start, end - start) for start, end in pairwise(cuts)]
        self._open, self._events, self._suppressed = 1, 0, suppressed
        self._write_part(0)
        self.first_night = dict.fromkeys(self._ids(0), 0)  # night on which each account came
        first = folder / "sources" / "dispositions.csv"
        first.rename(self._night_file(world.people.as_of))
        (folder / "sources" / "suppression.parquet").unlink()
        self._write_list()

    @property
    def accounts(self) -> list[str]:
        """Ids of the accounts that are in the portfolio's files."""
        return sorted({account for part in range(self._open) for account in self._ids(part)})

    def _ids(self, part: int) -> list[str]:
        return [account for account in self._parts[part]["ACCT_NO"].to_pylist() if account is not None]

    def night(self, world: World, number: int, pace: float) -> pa.Table:
        """Write the files of a night; returns its dispositions with `state`, what each point that was tried is."""
        day = world.people.as_of
        rng, date = stream(self._seed, f"book {day}"), day.astype(object)
        if date.weekday() == 4:
            self._pay(day, rng)
        if date.day == 5:
            self._recall(rng)
        if date.day == 12 and self._open <= FURTHER:
            self._write_part(self._open)
            self._open += 1
            self.first_night |= {account: number for account in self._ids(self._open - 1) if account not in self.first_night}
        done = self._attempts(world, rng, pace)
        self._opt_out(world, done, rng)
        return done

    def _pay(self, day: np.datetime64, rng: Random) -> None:
        for part in range(self._open):
            rows = self._parts[part]
            paid = np.flatnonzero(rng.random(rows.num_rows) < PAID)
            if not len(paid):
                continue
            money, last = (rows[name].to_numpy(zero_copy_only=False).copy() for name in ("CUR_BAL", "LAST_PMT_DT"))
            accounts = rows["ACCT_NO"].to_pylist()  # a row that is there twice stays the same row
            shares = {accounts[row]: share for row, share in zip(paid.tolist(), rng.uniform(0.05, 0.5, len(paid)).tolist(), strict=True)}
            for row, share in ((row, shares[account]) for row, account in enumerate(accounts) if account is not None and account in shares):
                money[row] = f"${float(money[row].replace('$', '').replace(',', '')) * (1 - share):,.2f}"
                last[row] = day.astype(object).strftime("%m/%d/%Y")
            for name, values in (("CUR_BAL", money), ("LAST_PMT_DT", last)):
                rows = rows.set_column(rows.column_names.index(name), name, records.column(values))
            self._parts[part] = rows
            self._write_part(part)

    def _recall(self, rng: Random) -> None:
        for part in range(self._open):
            rows = self._parts[part]
            keep = rng.random(rows.num_rows) >= RECALLED
            if not keep.all():
                self._parts[part] = rows.filter(pa.array(keep))
                self._write_part(part)

    def _attempts(self, world: World, rng: Random, pace: float) -> pa.Table:
        debtors, day = self._debtors, world.people.as_of
        ours = np.flatnonzero(np.isin(debtors.account_id.astype(str), np.array(self.accounts, dtype=str)))
        account: Whole = ours[rng.random(len(ours)) < min(TRIED * pace, 1.0)]
        n = len(account)
        channel = rng.choice(4, n, p=events.CHANNEL_SHARES)
        value, state = events.targets(world, debtors, self._slot, account, channel, np.full(n, day), rng)
        outcome = events.outcomes(channel, state, rng)
        tried = np.flatnonzero(present(value))
        moment = (day - 1).astype("datetime64[s]") + rng.integers(13 * 3600, 23 * 3600, n).astype("timedelta64[s]")
        order = tried[np.argsort(moment[tried], kind="stable")]
        number = self._events + np.arange(1, len(order) + 1)
        self._events += len(order)
        columns = {
            "event_id": texts([f"NE{one:09d}" for one in number.tolist()]),
            "account_id": debtors.account_id[account[order]],
            "channel": texts([events.CHANNELS[one] for one in channel[order].tolist()]),
            "value": value[order],
            "outcome_code": outcome[order],
            "system": events.SYSTEMS[channel[order]],
            "occurred_at": texts([f"{text}Z" for text in np.datetime_as_string(moment[order]).tolist()]),
        }
        table = pa.table({name: records.column(values) for name, values in columns.items()})
        if table.num_rows:
            write(self._night_file(day), iter([table]), table.schema)
        return table.append_column("state", pa.array(state[order], pa.int64()))

    def _opt_out(self, world: World, done: pa.Table, rng: Random) -> None:
        day = str(world.people.as_of)
        told = done.filter(pa.array([code == "opt_out" for code in done["outcome_code"].to_pylist()], pa.bool_()))
        entries = [(row["channel"], row["value"]) for row in told.to_pylist() if rng.random() < 0.9]
        others = self._debtors.person[rng.random(len(self._debtors.person)) < OPTED]
        numbers = texts([str(one) if one else None for one in world.points.phone[others, 0].tolist()])
        entries += [("voice", value) for value in formatted(numbers, rng) if value is not None]
        if not entries:
            return
        columns = {
            "list": ["internal_opt_out"] * len(entries),
            "scope": ["endpoint"] * len(entries),
            "channel": [one for one, _ in entries],
            "value": [value for _, value in entries],
            "reason": ["opt_out"] * len(entries),
        }
        more = pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})
        more = more.append_column("effective_from", pa.array(np.full(len(entries), np.datetime64(day, "D")), pa.date32()))
        self._suppressed = pa.concat_tables([self._suppressed, more.cast(self._suppressed.schema)]).combine_chunks()
        self._write_list()

    def _write_part(self, part: int) -> None:
        rows = self._parts[part]
        write(self._folder / "portfolio" / f"purchase-{part}.parquet", iter([rows]), rows.schema)

    def _write_list(self) -> None:
        write(self._folder / "sources" / "suppression.parquet", iter([self._suppressed]), self._suppressed.schema)

    def _night_file(self, day: np.datetime64) -> Path:
        return self._folder / "sources" / f"dispositions-{str(day).replace('-', '')}.csv"
