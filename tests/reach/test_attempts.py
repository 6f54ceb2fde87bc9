from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skiptrace.reach.attempts import attempts, telling
from skiptrace.reach.teaching import load
from skiptrace.schema.working import ATTEMPTS, PAST_EVENTS

RULES, AS_OF = load(), dt.date(2026, 6, 30)
KIND = {"voice": "phone", "sms": "phone", "email": "email", "mail": "address", "portal": "email"}


def past(*rows: tuple[str, str, float], **more: Any) -> pa.Table:
    """PAST_EVENTS of one account and point: channel, outcome, days before AS_OF at noon."""
    noon = dt.datetime.combine(AS_OF, dt.time(12), dt.UTC)
    return pa.Table.from_pylist(
        [
            {"event_id": f"e{n}", "account_id": "A", "channel": channel, "kind": KIND[channel], "value": "v", "outcome": outcome,
             "occurred_at": noon - dt.timedelta(days=days), "source": "dialer", **more}
            for n, (channel, outcome, days) in enumerate(rows)
        ],
        schema=PAST_EVENTS.arrow,
    )  # fmt: skip


def told(*rows: tuple[str, str, float]) -> list[bool]:
    table = attempts(past(*rows), RULES, AS_OF)
    assert table.schema.equals(ATTEMPTS.arrow)
    return table["reached"].to_pylist()


def test_each_call_is_an_attempt() -> None:
    assert told(("voice", "voicemail", 5), ("voice", "right_party", 4), ("voice", "busy", 3)) == [False, True, False]


@pytest.mark.parametrize("outcome", ["conversation", "opt_out", "inbound", "dispute"])
def test_what_says_nothing_of_the_consumer_is_no_attempt(outcome: str) -> None:
    assert told(("voice", outcome, 5)) == []


def test_the_events_of_one_message_are_one_attempt() -> None:
    assert told(("email", "sent", 9.3), ("email", "delivered", 9.2), ("email", "opened", 8)) == [True]
    assert told(("email", "sent", 9), ("email", "delivered", 8.9), ("email", "sent", 3), ("email", "delivered", 2.9)) == [False, False]
    assert told(("email", "delivered", 30), ("email", "opened", 9)) == [False, True]  # too far apart to be one message
    assert told(("email", "opened", 3.0), ("email", "bounced", 2.9)) == [True, False]


def test_a_bounce_after_a_delivery_is_a_miss() -> None:
    assert told(("mail", "sent", 100), ("mail", "returned_mail", 80)) == [False]


def test_a_letter_nobody_returned_has_arrived_when_that_can_be_known() -> None:
    assert told(("mail", "sent", 46)) == [True]
    assert told(("mail", "sent", 44)) == []
    assert told(("mail", "sent", 44), ("mail", "returned_mail", 20)) == []  # else all young letters were returned ones


def test_later_events_and_those_without_a_point_are_left_out() -> None:
    assert told(("voice", "right_party", -1)) == []
    assert attempts(past(("voice", "busy", 1), value=None, kind=None), RULES, AS_OF).num_rows == 0
    assert attempts(past(), RULES, AS_OF).num_rows == 0


@given(st.lists(st.tuples(st.sampled_from(["voice", "email", "mail"]), st.sampled_from(["sent", "delivered", "busy", "bounced"]),
                          st.integers(0, 200).map(float)), max_size=8), st.randoms())  # fmt: skip
def test_the_order_of_rows_does_not_matter(rows: list[tuple[str, str, float]], luck: Any) -> None:
    table = past(*rows)
    order = list(range(len(rows)))
    luck.shuffle(order)
    assert attempts(table.take(pa.array(order, pa.int64())), RULES, AS_OF).equals(attempts(table, RULES, AS_OF))


def test_what_is_kept_is_what_teaches() -> None:
    table = past(("voice", "voicemail", 1), ("voice", "conversation", 1), ("mail", "sent", 1))
    assert telling(table, RULES)["outcome"].to_pylist() == ["voicemail", "sent"]
