"""Random fact sheets near what is permitted: uses that the whole rulebook lets through, with a few facts moved to, under or over
some rule's boundary, or taken away. About half stay open, so that a slip of the rules could open or close one."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa

from skiptrace.compliance.accounts import build_accounts
from skiptrace.compliance.situations import build
from skiptrace.rulebook.engine import case_facts
from skiptrace.rulebook.loading import load
from skiptrace.rulebook.model import Rule
from skiptrace.schema.facts import FACTS, SITUATIONS
from tests.compliance import tables as t
from tests.rulebook.sheets import pools

POINTS = t.points({}, t.HOME, t.MAILBOX)
USES = t.uses(("a-1", "mail"), ("e-1", "email"), ("p-1", "sms"), ("p-1", "voice"))


@cache
def permitted() -> pa.Table:
    """SITUATIONS of four uses, one per channel, that the whole book lets through on AS_OF."""
    known = t.history(t.events(), t.entries())
    common: dict[str, Any] = {"as_of": t.AS_OF, "rulebook": load(), "settings": t.SETTINGS, "history": known}
    accounts = build_accounts(t.tape(), points=POINTS, **common)
    return build(accounts, POINTS, USES, consents=t.consents({"channel": "text"}, {"channel": "email"}), **common)


def near_sheet(rows: int, seed: int, rule: Rule | None = None) -> pa.Table:
    """SITUATIONS with `rows` distinct uses; each of about three facts comes from its pool instead. With `rule`, every other row
    has the facts of one of the rule's cases as well, on a channel of the rule and in its jurisdiction."""
    draw = np.random.default_rng(seed)
    base = permitted().take(pa.array(draw.integers(0, permitted().num_rows, rows)))
    columns = {name: base[name].to_pylist() for name in base.column_names}
    names = sorted(set(FACTS) - {"channel", "as_of"})
    for row, picked in enumerate(draw.integers(0, len(names), (rows, 3))):
        for number in picked[: draw.integers(0, 4)]:
            pool = pools()[names[number]]
            columns[names[number]][row] = pool[draw.integers(0, len(pool))]
    if rule is not None:
        for row in range(0, rows, 2):
            for name, value in case_facts(rule, rule.cases[draw.integers(0, len(rule.cases))]).items():
                columns[name][row] = value
    columns["account_id"] = [f"A{row}" for row in range(rows)]
    columns["point_id"] = [f"p{row}" for row in range(rows)]
    return pa.table({name: pa.array(columns[name], kind) for name, kind in zip(SITUATIONS.names, SITUATIONS.arrow.types, strict=True)})
