"""Tables of requests to sources: who is named in a request's file, and what came back for each of its rows."""

from __future__ import annotations

import pyarrow as pa

from skiptrace.schema.delivered import DAY, TEXT
from skiptrace.schema.table import Column, Table

REQUEST_ROWS = Table(
    "request_rows", "A row of a request, before it is written in a vendor's layout: all that any layout may hold of an account.",
    (
        Column("reference", TEXT, "Names the row, and the account to nobody but the project.", "key", nullable=False),
        Column("request", TEXT, "The request.", nullable=False),
        Column("first_name", TEXT, "First name, canonical.", "personal"),
        Column("middle_name", TEXT, "Middle name or initial.", "personal"),
        Column("last_name", TEXT, "Last name.", "personal"),
        Column("suffix", TEXT, "Name suffix.", "personal"),
        Column("full_name", TEXT, "The parts of the name in one text.", "personal"),
        Column("dob", DAY, "Birth date.", "sensitive"),
        Column("address_line", TEXT, "Number, street and unit of the address that leads.", "personal"),
        Column("city", TEXT, "Its city.", "personal"),
        Column("state", TEXT, "Its state."),
        Column("postal_code", TEXT, "Its ZIP code.", "personal"),
        Column("phone", TEXT, "The phone that leads, ten digits.", "personal"),
        Column("email", TEXT, "The e-mail address that leads.", "personal"),
    ),
    key=("reference",),
)  # fmt: skip

READ_ANSWERS = Table(
    "read_answers", "What a run that was the first to read an answer came to for an account that was asked about.",
    (
        Column("reference", TEXT, "The row of the request.", "key", nullable=False),
        Column("p_after", pa.float64(), "Chance that some exportable use reaches the consumer.", nullable=False),
    ),
    key=("reference",),
)  # fmt: skip

ANSWERED = Table(
    "answered", "A row of a request for which something came back.",
    (
        Column("reference", TEXT, "The row of the request.", "key", nullable=False),
        Column("request", TEXT, "The request.", nullable=False),
        Column("hit", pa.bool_(), "The source knows something of the person.", nullable=False),
        Column("rows", pa.int32(), "Rows of the answer.", nullable=False),
    ),
    key=("reference",),
)  # fmt: skip
