"""An account leaves in the exports of one holder: an agency's or firm's where it is placed with one, else the owner's own."""

from __future__ import annotations

import re

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from skiptrace.errors import ConfigError, Problem
from skiptrace.schema import ACCOUNTS
from skiptrace.sql import SqlRefused, bounded, check_expression, engine_message, lent

HOLDER_RULE = "POL-PLACED"
"""The rule by which a use does not leave: the account is in somebody else's hands, or not in this holder's."""


def for_holder(decisions: pa.Table, holders: pa.Table, holder: str | None) -> pa.Table:
    """DECISIONS as they hold in the exports of a holder (None: the owner): uses of accounts that another one has are stopped by
    HOLDER_RULE. holders: account_id and holder (string; empty: nobody may have it now) of the accounts that are not the owner's."""
    if not len(holders) and holder is None:
        return decisions
    place = pc.index_in(decisions["account_id"], holders["account_id"].combine_chunks())
    theirs = holders["holder"].combine_chunks().take(place.combine_chunks())
    mine = pc.is_null(theirs) if holder is None else pc.fill_null(pc.equal(theirs, holder), False)
    if pc.all(mine, min_count=0).as_py():
        return decisions
    word = pc.if_else(mine, decisions["decision"].cast(pa.string()).combine_chunks(), "stopped")
    by = pa.array([[HOLDER_RULE]], pa.list_(pa.string())).take(pa.array([0] * len(decisions), pa.int8()))
    stopped_by = decisions["stopped_by"].combine_chunks()
    before = pc.equal(decisions["decision"].cast(pa.string()).combine_chunks(), "stopped")
    told = pc.if_else(pc.or_(mine, before), stopped_by, by.cast(stopped_by.type))
    out = decisions.set_column(decisions.column_names.index("decision"), decisions.schema.field("decision"), word)
    return out.set_column(out.column_names.index("stopped_by"), out.schema.field("stopped_by"), told)


def needed(place: str) -> list[str]:
    """The columns of ACCOUNTS that a condition on accounts names, the account's id among them."""
    words = set(re.findall(r"\w+", place.lower()))
    return [name for name in ACCOUNTS.names if name in words or name == "account_id"]


def taken(accounts: pa.Table, place: str, file: str, key: str) -> pa.Array:
    """The accounts (string) for which a condition on the columns of ACCOUNTS holds. `file` and `key` say where it stands.

    Raises ConfigError (exit 2) where it is no condition, or fails on an account."""
    try:
        check_expression(place)
        with lent({"accounts": accounts}) as connection, bounded(connection):
            found = connection.sql(f"SELECT account_id FROM accounts WHERE ({place})::BOOLEAN ORDER BY account_id").to_arrow_table()
    except SqlRefused as refused:
        what = refused.message
    except duckdb.Error as error:
        what = engine_message(error)
    else:
        return found["account_id"].cast(pa.string()).combine_chunks()
    mend = "write one SQL condition over the columns of the table accounts, such as \"portfolio_id = '7' AND balance > 500\""
    raise ConfigError("it cannot be said which accounts an export takes", (Problem(file, key, what, mend),))
