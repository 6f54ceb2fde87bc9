from __future__ import annotations

import datetime as dt

import pyarrow as pa

from skiptrace.intake.exported import Exported

FIRST = dt.date(2026, 6, 1)
PAIRS = pa.table({
    "account_id": ["A", "B", "C"], "channel": ["voice", "portal", "any"],
    "exported_on": [FIRST, FIRST, FIRST + dt.timedelta(1)],
})  # fmt: skip
KNOWN = Exported(PAIRS, FIRST, ("opt_out",))


def never(*rows: tuple[str | None, str | None, dt.datetime | None]) -> list[bool]:
    account, channel, occurred = zip(*rows, strict=True)
    found = KNOWN.never(pa.array(account, pa.string()), pa.array(channel, pa.string()), pa.array(occurred, pa.timestamp("s", "UTC")))
    answer: list[bool] = found.to_pylist()
    return answer


NOON, DAY = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC), dt.timedelta(1)


def test_what_left_on_another_channel_did_not_leave_on_this_one() -> None:
    assert never(("A", "voice", NOON), ("A", "sms", NOON), ("Z", "voice", NOON)) == [False, True, True]


def test_the_link_to_a_portal_comes_back_as_a_message() -> None:
    assert never(("B", "sms", NOON), ("B", "email", NOON), ("B", "portal", NOON), ("B", "voice", NOON)) == [False, False, False, True]


def test_whoever_holds_an_account_uses_any_channel() -> None:
    assert never(("C", "mail", NOON + DAY), ("C", "voice", NOON + DAY)) == [False, False]


def test_an_attempt_before_the_account_left_is_on_one_that_had_not() -> None:
    assert never(("C", "voice", NOON), ("C", "voice", NOON + DAY), ("A", "voice", NOON)) == [True, False, False]


def test_what_was_tried_before_the_first_export_is_not_judged() -> None:
    assert never(("Z", "voice", NOON - dt.timedelta(days=1)), ("Z", "voice", None)) == [False, False]


def test_outcomes_that_protect_the_consumer_are_heeded() -> None:
    assert KNOWN.heeds(pa.array(["opt_out", "wrong_party", None])).to_pylist() == [True, False, False]
