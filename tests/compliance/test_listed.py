"""Lists that come later: the same matching as in the fact sheet, and nothing is ever taken back."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from skiptrace.compliance.accounts import build_accounts
from skiptrace.compliance.listed import told_now, with_told
from skiptrace.compliance.situations import build
from skiptrace.rulebook.loading import load
from skiptrace.schema.facts import REPORTABLE
from tests.compliance import tables as t

BOOK = load()
NUMBERS = ("+12125550123", "+12135550199")
POINTS = t.points({}, {"point_id": "p-2", "value": NUMBERS[1], "origin": "reference", "status": "wrong_party"}, t.HOME, t.MAILBOX,
                  {"account_id": "A2", "value": NUMBERS[1]})  # fmt: skip
USES = pa.concat_tables([
    t.uses(("p-1", "voice"), ("p-1", "sms"), ("p-2", "voice"), ("a-1", "mail"), ("e-1", "email")),
    pa.table({"account_id": ["A2"], "point_id": ["p-1"], "channel": ["voice"]}),
])  # fmt: skip
CONSUMERS = pa.table({"account_id": ["A1", "A2"], "consumer_id": ["c", "c"]})
LISTED = ("opt_out_endpoint", "medium_refused", "opt_out_account", "opt_out_person", "point_reported", "owner_relation", *REPORTABLE)


def sheet(entries: list[dict[str, object]], events: list[dict[str, object]]) -> pa.Table:
    known = t.history(t.events(*events), t.entries(*entries), CONSUMERS)
    common: dict[str, Any] = {"as_of": t.AS_OF, "rulebook": BOOK, "settings": t.SETTINGS, "history": known}
    accounts = build_accounts(t.tape({}, {"account_id": "A2", "identity": 1}), points=POINTS, consumers=CONSUMERS, **common)
    return build(accounts, POINTS, USES, **common)


def said(table: pa.Table) -> dict[tuple[str, ...], dict[str, object]]:
    return {(row["account_id"], row["point_id"], row["channel"]): {name: row[name] for name in LISTED} for row in table.to_pylist()}


_CHANNEL = st.sampled_from([None, "voice", "sms", "email"])
_REASON = st.sampled_from(["opt_out", "litigator", "cease", "bankruptcy", "work", "relative", "third_party", "no_work_contact"])
ENDPOINT = st.fixed_dictionaries({"kind": st.just("phone"), "value": st.sampled_from(NUMBERS), "channel": _CHANNEL, "reason": _REASON})
OWNER = st.fixed_dictionaries({
    "scope": st.sampled_from(["account", "person"]), "account_id": st.sampled_from(["A1", "A2", "A3"]), "channel": _CHANNEL,
    "reason": _REASON,
})  # fmt: skip
EVENT = st.fixed_dictionaries({
    "account_id": st.sampled_from(["A1", "A2"]), "channel": st.just("sms"), "kind": st.just("phone"),
    "value": st.sampled_from([*NUMBERS, None]), "outcome": st.sampled_from(["opt_out", "cease", "attorney", "voicemail"]),
    "occurred_at": st.just(t.moment(t.AS_OF)),
})  # fmt: skip


@settings(max_examples=8, deadline=None)
@given(before=st.lists(st.one_of(ENDPOINT, OWNER), max_size=2), later=st.lists(st.one_of(ENDPOINT, OWNER), max_size=3),
       events=st.lists(EVENT, max_size=2))  # fmt: skip
def test_what_comes_later_is_matched_as_if_it_had_been_there(
    before: list[dict[str, object]], later: list[dict[str, object]], events: list[dict[str, object]]
) -> None:
    first, whole = sheet(before, []), sheet([*before, *later], events)
    history = t.history(t.events(*events), t.entries(*before, *later), CONSUMERS)
    told = told_now(USES, POINTS, history)
    found = said(with_told(first, told))
    wanted = said(whole)
    assert {key: wanted[key] for key in found} == found
    untouched = said(first)
    assert all(untouched[key] == wanted[key] for key in set(wanted) - set(found))


def test_a_no_that_is_delivered_no_more_stays() -> None:
    listed: list[dict[str, object]] = [{"kind": "phone", "value": NUMBERS[0]}]
    first = sheet(listed, [])
    told = told_now(USES, POINTS, t.history(None, t.entries({"kind": "phone", "value": NUMBERS[0], "channel": "sms"}), CONSUMERS))
    found = said(with_told(first, told))
    assert set(found) == {("A1", "p-1", "sms")}
    assert found["A1", "p-1", "sms"]["opt_out_endpoint"] is True


def test_what_was_not_known_stays_so_where_nothing_is_said() -> None:
    known = t.history()
    common: dict[str, Any] = {"as_of": t.AS_OF, "rulebook": BOOK, "settings": {}, "history": known}
    bare = build(build_accounts(t.tape(), points=POINTS, **common), POINTS, USES, **common)
    told = told_now(USES, POINTS, t.history(None, t.entries({"kind": "phone", "value": NUMBERS[0], "channel": "sms"})))
    row = with_told(bare, told).to_pylist()[0]
    assert (row["opt_out_endpoint"], row["opt_out_account"], row["bankruptcy_reported"]) == (True, None, None)
    assert told_now(USES, POINTS, known).num_rows == 0


def test_an_account_that_is_stopped_since_is_so_in_every_use_and_others_stay_open() -> None:
    stopped = pa.table({"account_id": ["A1"], "account_state": ["recalled"]})
    told = told_now(USES, POINTS, t.history(None, None, CONSUMERS), stopped)
    assert told.num_rows == 5
    first = sheet([], [])
    assert set(with_told(first, told)["account_state"].to_pylist()) == {"recalled"}
    listed = told_now(USES, POINTS, t.history(None, t.entries({"kind": "phone", "value": NUMBERS[0]}), CONSUMERS))
    assert set(with_told(first, listed)["account_state"].to_pylist()) == {"open"}
    assert "account_state" not in with_told(first.drop_columns(["account_state"]), told).column_names
