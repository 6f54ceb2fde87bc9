"""Tables that steps hand to each other within a run, beyond those that intake makes and those that are published."""

from __future__ import annotations

import pyarrow as pa

from skiptrace.schema.delivered import DAY, FLAG, TEXT
from skiptrace.schema.table import Column, Table

CONSUMERS = Table(
    "consumers", "Which accounts of the project are one person.",
    (
        Column("account_id", TEXT, "The account.", "key", nullable=False),
        Column("consumer_id", TEXT, "The consumer.", "key", nullable=False),
    ),
    key=("account_id",),
)  # fmt: skip

DEATHS = Table(
    "deaths", "What the evidence says about a death.",
    (
        Column("account_id", TEXT, "The account.", "key", nullable=False),
        Column("deceased", FLAG, "Plausible reports say so; NULL: nobody says.", "sensitive"),
        Column("deceased_date", DAY, "Date of death where one is known.", "sensitive"),
    ),
    key=("account_id",),
)  # fmt: skip

SHARING = Table(
    "sharing", "Contact points that more than one consumer of the project shows.",
    (
        Column("point_id", TEXT, "The point.", "key", nullable=False),
        Column("consumers", pa.int32(), "How many consumers show it.", nullable=False),
    ),
    key=("point_id",),
)  # fmt: skip
