"""What the report keeps of a part of a run's accounts: counts and sums, so that parts can be counted apart and added up."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import pyarrow as pa

from skiptrace.schema.table import Column, Table

COUNT: Final = pa.int64()
SUM: Final = pa.decimal128(38, 2)
"""Money: exact, so that the order of adding does not matter."""
EXPECTED: Final = pa.decimal128(38, 9)
"""A sum of probabilities, each rounded to nine decimals before it is added, for the same reason."""
_WORD: Final = pa.string()


def counts(comparisons: Iterable[str]) -> Table:
    """The table `counts` of a run whose links have these comparisons: one row per part of whole accounts, each column a list of
    groups. Over all rows, groups of one name add up; `typical` has of each weight, to a tenth of a bit, the pair of the lowest account."""
    bits = [(f"{what}_{name}", kind) for name in comparisons for what, kind in (("level", pa.int8()), ("weight", pa.float64()))]
    met = {"uses": COUNT, "accounts": COUNT, "alone": COUNT, "balance": SUM}
    weighed = dict.fromkeys(("match_weight", "person_weight", "match_probability"), pa.float64())
    pair = {"account_id": _WORD, "rank": pa.int32(), **weighed, **dict(bits)}
    return Table(
        "counts", "Counts and sums over a part of a run's accounts, for its report.",
        (
            _groups("accounts_by", "Accounts by status, and by whether they are linked, have a point and have an allowed use.",
                    locate_status=_WORD, linked=pa.bool_(), pointed=pa.bool_(), allowed=pa.bool_(), accounts=COUNT, owed=SUM, known=COUNT,
                    reach=EXPECTED, reach_owed=SUM, open_reach=EXPECTED, open_value=SUM),
            _groups("linked_by", "Accounts that a source linked, and those that no other did.", source=_WORD, accounts=COUNT, alone=COUNT),
            _groups("points_by", "Contact points that a source shows, those that no other does, and leading addresses.",
                    source=_WORD, points=COUNT, alone=COUNT, addresses=COUNT),
            _groups("channels_by", "Accounts with a point for a channel, by their best decision; what is expected of them.",
                    channel=_WORD, accounts=COUNT, permitted=COUNT, conditional=COUNT, stopped=COUNT, p=EXPECTED, open_p=EXPECTED,
                    open_low=EXPECTED, open_high=EXPECTED, balance=SUM, reached=SUM),
            _groups("overlap_by", "Contact points that two sources show, in either order.", source=_WORD, other=_WORD, points=COUNT),
            _groups("shown_by", "Steps of the best chance on a channel, or on any, and the sources of which one is needed for it, with "
                    "commas, by the fold of the consumer: accounts that have it, those whose last such step it is, what it adds.",
                    channel=_WORD, sources=_WORD, fold=pa.int32(), accounts=COUNT, ended=COUNT, p=EXPECTED, balance=SUM),
            _groups("gain_by", "Accounts in bands of their chance of being reached by permitted uses, and of their expected value.",
                    sorted_by=_WORD, band=pa.int32(), accounts=COUNT, p=EXPECTED, balance=SUM),
            _groups("states_by", "Accounts by state; NULL: elsewhere, or unknown.", place=_WORD, accounts=COUNT, owed=SUM, allowed=COUNT,
                    allowed_owed=SUM, p=EXPECTED, reached=SUM),
            _groups("ages_by", "Contact points by the month in which they were seen last: months since the year 0; NULL: no day is known.",
                    kind=_WORD, month=pa.int32(), points=COUNT),
            _groups("reach_by", "Accounts with a point for a channel, by the tenth in which their best chance on it lies, from 0 to 9.",
                    channel=_WORD, tenth=pa.int32(), accounts=COUNT),
            _groups("stops_by", "Uses and accounts that a rule stopped.", rule=_WORD, **met),
            _groups("steps_by", "Uses and accounts that wait for a step.", step=_WORD, **met),
            _groups("uses_of", "Uses that were judged, and those that are stopped.", uses=COUNT, stopped=COUNT),
            _groups("cases", "Pairs of each kind that is shown, and their accounts.", shown_as=_WORD, pairs=COUNT, accounts=COUNT),
            Column("typical", _list(shown_as=_WORD, tenth=pa.int32(), times=COUNT, **pair),
                   "Of each kind and tenth of a bit one pair, and how many weigh as much.", "key", nullable=False),
        ),
    )  # fmt: skip


def _groups(name: str, sentence: str, **fields: pa.DataType) -> Column:
    return Column(name, _list(**fields), sentence, nullable=False)


def _list(**fields: pa.DataType) -> pa.DataType:
    return pa.list_(pa.struct(list(fields.items())))
