"""Ids of consumers that last: examples of each rule, and any sequence of nights."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skiptrace.ids import digest
from skiptrace.linkage import naming
from skiptrace.linkage.naming import Known, Register
from skiptrace.schema.working import NAMED_ACCOUNTS, NAMED_CONSUMERS

DAY = dt.date(2026, 6, 30)


def own(account: str, *number: int) -> str:
    return "c-" + digest("consumer", account, *number, size=8)


class Nights:
    """A project's nights: groups in, names out, everything kept in the two logs."""

    def __init__(self) -> None:
        self.accounts, self.consumers, self.night = NAMED_ACCOUNTS.empty(), NAMED_CONSUMERS.empty(), 0
        self.added: Register | None = None

    @property
    def known(self) -> Known:
        return naming.known(self.accounts, self.consumers, self.night)

    def names(self, groups: list[list[str]], order: list[str] | None = None) -> dict[str, str]:
        lead = {account: group[0] for group in groups for account in group}
        rows = order if order is not None else list(lead)
        at = {account: row for row, account in enumerate(rows)}
        leads = np.array([at[lead[account]] for account in rows], np.int64)
        found = naming.names(pa.array(rows, pa.string()), leads, self.known)
        self.named = found
        table = found.table.to_pylist()
        assert [row["account_id"] for row in table] == sorted(rows)
        return {row["account_id"]: row["consumer_id"] for row in table}

    def run(self, *groups: str | list[str]) -> dict[str, str]:
        """The names of tonight's groups; "ab" is the group of accounts a and b, of which a leads."""
        named = self.names([list(group) for group in groups])
        self.added = naming.register(self.named, self.known, self.night + 1, DAY)
        again = naming.register(naming.named(self.named.table, self.known), self.known, self.night + 1, DAY)
        assert again == self.added  # a table tells as much as what it was made of
        self.night += 1
        self.accounts = pa.concat_tables([self.accounts, self.added.accounts])
        self.consumers = pa.concat_tables([self.consumers, self.added.consumers])
        return named

    @property
    def changes(self) -> list[tuple[str, str, str | None, int]]:
        assert self.added is not None
        return [tuple(row.values()) for row in self.added.changes.to_pylist()]  # type: ignore[misc]


def test_with_nothing_known_a_group_is_named_after_its_leading_account() -> None:
    assert Nights().run("ab", "c") == {"a": own("a"), "b": own("a"), "c": own("c")}


def test_an_account_that_joins_or_leads_changes_no_name() -> None:
    nights = Nights()
    nights.run("bc")
    assert set(nights.run("abc").values()) == {own("b")}
    assert nights.changes == []


def test_a_group_keeps_the_id_that_most_of_its_accounts_had_and_the_other_is_retired() -> None:
    nights = Nights()
    nights.run("a", "bc")
    assert set(nights.run("abc").values()) == {own("b")}
    assert nights.changes == [("merged", own("a"), own("b"), 1)]
    assert nights.consumers.to_pylist()[-1] == {
        "consumer_id": own("a"), "state": "merged", "became": own("b"), "as_of": DAY, "night": 2,
    }  # fmt: skip


def test_of_two_ids_as_frequent_the_older_one_stays() -> None:
    nights = Nights()
    nights.run("b")
    nights.run("a", "b")
    assert set(nights.run("ab").values()) == {own("b")}


def test_a_split_keeps_the_id_with_the_larger_part_and_makes_a_new_one() -> None:
    nights = Nights()
    nights.run("abc")
    assert nights.run("a", "bc") == {"a": own("a", 2), "b": own("a"), "c": own("a")}  # a's own id was given, and not to it alone
    assert nights.changes == [("split", own("a"), own("a", 2), 1)]


def test_of_two_parts_of_one_size_the_one_with_the_first_account_keeps_the_id() -> None:
    nights = Nights()
    nights.run("abcd")
    assert nights.run("bd", "ca") == {"a": own("a"), "c": own("a"), "b": own("b"), "d": own("b")}


def test_a_group_whose_id_stays_elsewhere_keeps_the_next_of_its_own() -> None:
    nights = Nights()
    nights.run("abcde", "f")
    assert nights.run("abc", "def") == {**dict.fromkeys("abc", own("a")), **dict.fromkeys("def", own("f"))}
    assert nights.changes == [("moved", own("a"), own("f"), 2)]


def test_an_id_is_closed_with_its_last_account_and_comes_back_with_it() -> None:
    nights = Nights()
    nights.run("a", "b")
    nights.run("b")
    assert nights.changes == [("closed", own("a"), None, 1)]
    nights.run("b")
    assert nights.changes == []
    assert nights.run("a", "b")["a"] == own("a")
    assert nights.changes == [("returned", own("a"), None, 1)]


def test_a_retired_id_never_comes_back() -> None:
    nights = Nights()
    nights.run("ab", "c")
    nights.run("abc")
    named = nights.run("ab", "c")
    assert named["c"] == own("c", 2)
    assert nights.run("abc")["c"] == own("a")
    assert nights.run("ab", "c")["c"] == own("c", 3)


def test_an_account_that_was_away_while_its_id_was_retired_belongs_to_the_survivor() -> None:
    nights = Nights()
    nights.run("ab", "c", "d")
    nights.run("abd", "c")  # d is merged away
    nights.run("ab")
    assert nights.run("d", "c") == {"d": own("a"), "c": own("c")}


def test_an_id_of_one_hash_with_another_is_not_given_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(naming, "digests", lambda label, texts, size: ["same" for _ in texts])
    named = Nights().run("a", "b")
    assert named == {"a": "c-same", "b": own("b", 2)}


def test_what_a_later_night_did_is_not_known_before_it() -> None:
    nights = Nights()
    nights.run("a", "b")
    before = nights.known
    nights.run("ab", "c")
    again = naming.known(nights.accounts, nights.consumers, 1)
    assert [one.to_pylist() if isinstance(one, pa.Array) else one.tolist() for one in again] == [
        one.to_pylist() if isinstance(one, pa.Array) else one.tolist() for one in before
    ]


@st.composite
def tonight(draw: st.DrawFn) -> list[list[str]]:
    """Some of ten accounts, in groups."""
    present = draw(st.lists(st.sampled_from("abcdefghij"), unique=True, max_size=10))
    groups: dict[int, list[str]] = {}
    for account in present:
        groups.setdefault(draw(st.integers(0, 4)), []).append(account)
    return list(groups.values())


@settings(max_examples=40, deadline=None)
@given(st.lists(tonight(), max_size=7), st.randoms(use_true_random=False))
def test_any_nights(all_nights: list[list[list[str]]], random: object) -> None:
    nights = Nights()
    had: dict[str, str] = {}
    retired: dict[str, str] = {}
    for groups in all_nights:
        rows = [account for group in groups for account in group]
        random.shuffle(rows)  # type: ignore[attr-defined]
        shuffled = nights.names(groups, rows)
        before = set(nights.consumers["consumer_id"].to_pylist())
        named = nights.run(*groups)
        assert named == shuffled  # the order of accounts does not matter
        ids = [{named[account] for account in group} for group in groups]
        assert all(len(one) == 1 for one in ids)
        assert len(set.union(set(), *ids)) == len(groups)  # an id means one group at a time
        for consumer in set(named.values()) & before:  # an id that is used again is one of its accounts'
            assert any(_led(had.get(account, ""), retired) == consumer for account in named if named[account] == consumer)
        assert nights.added is not None
        for kind, _left, right, _ in nights.changes:
            if kind == "merged":
                assert right in named.values()
        for row in nights.added.consumers.to_pylist():
            if row["state"] == "merged":
                retired[row["consumer_id"]] = row["became"]
        assert not set(retired) & set(named.values())  # never reused
        had |= named
        closed = set(had.values()) | set(retired.values())
        states = {row["consumer_id"]: row["state"] for row in nights.consumers.to_pylist()}
        for consumer in retired:  # leads to a living one or to its closing
            end = _led(consumer, retired)
            assert states[end] == ("living" if end in named.values() else "closed")
            assert end in closed


def _led(consumer: str, retired: dict[str, str]) -> str:
    while consumer in retired:
        consumer = retired[consumer]
    return consumer
