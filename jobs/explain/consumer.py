"""What the register says of a consumer's id: since when it is one, which others became it, and what became of it."""

from __future__ import annotations

import pyarrow.compute as pc

from jobs import register
from skiptrace.linkage.naming import CLOSED, MERGED
from skiptrace.results import Run
from skiptrace.store.places import Place

SHOWN = 5
"""How many accounts, or merged ids, are named."""


def told(private: Place, consumer_id: str) -> tuple[str, ...]:
    """Since when the consumer has this id, and which ids were merged into it, oldest first; () for an id that was never given."""
    log = register.log(private, "consumers")
    own = log.filter(pc.equal(log["consumer_id"], consumer_id)).to_pylist()
    if not own:
        return ()
    became = log.filter(pc.equal(log["became"], consumer_id)).to_pylist()
    out = [f"known by this id since {own[0]['as_of']}"]
    out += [f"{row['consumer_id']} was merged into it on {row['as_of']}" for row in became[:SHOWN]]
    if len(became) > SHOWN:
        out.append(f"so were {len(became) - SHOWN} more")
    return tuple(out)


def found(run: Run, private: Place, text: str) -> tuple[str, str] | None:
    """For a text that is a consumer's id: what became of it, and its accounts in this run; None for any other text."""
    log = register.log(private, "consumers")
    last, said = text, ""
    while rows := log.filter(pc.equal(log["consumer_id"], last)).to_pylist():
        row = rows[-1]
        if row["state"] != MERGED:
            said += f"it was closed on {row['as_of']}" if row["state"] == CLOSED else f"{last} is living"
            break
        said += f"{last} was merged into {row['became']} on {row['as_of']}; "
        last = row["became"]
    else:
        return None
    accounts = run.table("accounts", ["account_id", "consumer_id"])
    mine = accounts.filter(pc.equal(accounts["consumer_id"], last))["account_id"].to_pylist()
    more = f" and {len(mine) - SHOWN} more" if len(mine) > SHOWN else ""
    return said, f"explain one of its accounts: {', '.join(mine[:SHOWN])}{more}" if mine else "none of its accounts is on the tape"
