"""In which state each account of the inventory is, by what was told of accounts and of whole portfolios.

Events count from their day on, in the order of their days, whatever the order of files and rows; of one day a stop goes before
'reopened', and of two stops the one that reaches further. An event about a portfolio is one about each account that it has now.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa

from skiptrace.schema import ACCOUNT_EVENTS, conform
from skiptrace.schema.working import INVENTORY
from skiptrace.sql import query
from skiptrace.vocabulary import ACCOUNT_STATES

_TOLD = """
told as (
    select t.account_id, e.event, e.date, e.reason from events e join tape t on e.account_id = t.account_id
    union
    select t.account_id, e.event, e.date, e.reason from events e join tape t on e.portfolio_id = t.portfolio_id
    where e.account_id is null)
"""
_STATES = f"""
with {_TOLD},
ranked as (
    select *, row_number() over (partition by account_id order by date,
        list_position(['reopened', 'closed', 'recalled', 'transferred'], event), reason nulls first) as place
    from told where date <= $as_of),
ended as (select account_id, event, reason from ranked qualify place = max(place) over (partition by account_id)),
before as (
    select r.account_id, max(r.place) as place from ranked r join ended n using (account_id) where r.event <> n.event group by r.account_id)
-- a state goes on while it is told again
select n.account_id, case n.event when 'reopened' then 'open' else n.event end as account_state,
    min(r.date) as account_state_since, n.reason as account_state_reason
from ended n join ranked r on r.account_id = n.account_id left join before b on b.account_id = n.account_id
where r.place > coalesce(b.place, 0)
group by n.account_id, n.event, n.reason
order by n.account_id
"""
_COUNTS = f"""
with {_TOLD},
opened as (
    select account_id from told where date <= $as_of group by account_id having bool_and(event = 'reopened'))
select
    (select count(*) from (select distinct * from events)) as events,
    (select count(*) from (
        select distinct e.* from events e left join tape t on t.account_id = e.account_id
            left join (select distinct portfolio_id from tape) p on e.account_id is null and p.portfolio_id = e.portfolio_id
        where t.account_id is null and p.portfolio_id is null)) as of_unknown,
    (select count(*) from (select distinct * from events where date > $as_of)) as still_to_come,
    (select count(*) from opened) as reopened_never_stopped,
    (select count(*) from (
        select distinct e.* from events e join tape t on t.account_id = e.account_id where e.portfolio_id <> t.portfolio_id))
        as of_another_portfolio
"""

_BY_PORTFOLIO = """
select portfolio_id, count(*) as accounts, sum(balance)::decimal(18, 2) as balance, {states},
    count(best_channel) as permitted, count(placed_with) as placed
from accounts group by portfolio_id order by accounts desc, portfolio_id nulls last
"""
MOST_PORTFOLIOS = 500
"""Portfolios that are told one by one; of the rest, those with fewest accounts, it is told how many there are."""


def states(tape: pa.Table, events: pa.Table, as_of: dt.date) -> pa.Table:
    """INVENTORY of the accounts of which something was told that holds on `as_of`. `tape`: account_id, portfolio_id; `events`:
    ACCOUNT_EVENTS that all have a day, in any order, each as often as it was delivered."""
    return conform(query(_asked(_STATES, as_of), _tables(tape, events)), INVENTORY)


def counts(tape: pa.Table, events: pa.Table, as_of: dt.date) -> dict[str, int]:
    """What is told of the events themselves: how many different ones, how many name an account or portfolio that the tape does not
    have, are announced for a later day, open an account that was never stopped, or name another portfolio than the account's."""
    found: dict[str, int] = query(_asked(_COUNTS, as_of), _tables(tape, events)).to_pylist()[0]
    return found


def by_portfolio(accounts: pa.Table) -> dict[str, Any]:
    """The inventory as `run.json` holds it. `accounts`: portfolio_id, balance, account_state, best_channel and
    placed_with of ACCOUNTS.

    `portfolios`: of each its id (None: no portfolio is named), accounts, balance (text with two decimals; None where none is known),
    accounts in each of ACCOUNT_STATES, the balance of those that are open (`open_balance`), `permitted`, accounts with a use that
    the rules leave open, and `placed`, accounts that an agency or firm works; most accounts first. `further`: portfolios that are
    not told, and their accounts."""
    states = ", ".join(f"count(*) filter (account_state = '{state}') as {state}" for state in ACCOUNT_STATES)
    states += ", (sum(balance) filter (account_state = 'open'))::decimal(18, 2) as open_balance"
    rows = query(_BY_PORTFOLIO.format(states=states), {"accounts": accounts}).to_pylist()
    for row in rows:
        row |= {name: None if row[name] is None else str(row[name]) for name in ("balance", "open_balance")}
    rest = rows[MOST_PORTFOLIOS:]
    return {
        "portfolios": rows[:MOST_PORTFOLIOS],
        "further": {"portfolios": len(rest), "accounts": sum(row["accounts"] for row in rest)},
    }  # fmt: skip


def _asked(text: str, as_of: dt.date) -> str:
    return text.replace("$as_of", f"DATE '{as_of}'")


def _tables(tape: pa.Table, events: pa.Table) -> dict[str, pa.Table]:
    return {"tape": tape.select(["account_id", "portfolio_id"]), "events": events.select(list(ACCOUNT_EVENTS.names))}
