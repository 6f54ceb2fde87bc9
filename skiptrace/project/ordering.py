"""[source.order]: how a source is asked about accounts by request files, what that costs, and how its answers are read.

There may be no answer yet. An answer that agrees with a request becomes a file of the source's own folder (`path`), and is read from there
as any delivery is.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from skiptrace.project.form import Form
from skiptrace.project.parts import Part, SafeName, Text

_Price = Annotated[float, Field(ge=0, le=1e6)]


class Order(Part):
    """`layout`: the form of its request files (`rules/requests/`). Prices are in the balance's currency, each for one account that is
    asked about: when it is sent (`price_per_record`), when the source knows something of it (`price_per_hit`), and when a contact that it
    made possible reached the right party within `success_days` (`price_per_success`). `minimum_order`: what a request is billed at
    least; `most_rows`: accounts of a request, at most; `budget`: what may be spent on this source; `refresh_days`: after how long it may be
    asked about an account again (None: never).

    `answers`: a file, glob or folder where answers come, `file` how they are written. SQL over their columns: `reference` is that of
    the request's row, `request` the request's name where the answer tells it, `hit` whether the source knows something (None: each row
    that comes back is a hit). An answer is one file, unless answers are `partial`; after `answer_days` nobody waits for the rest."""

    layout: SafeName
    price_per_record: _Price | None = None
    price_per_hit: _Price | None = None
    price_per_success: _Price | None = None
    minimum_order: Annotated[float, Field(ge=0, le=1e9)] = 0.0
    most_rows: Annotated[int, Field(ge=1, le=10_000_000)] | None = None
    budget: Annotated[float, Field(ge=0, le=1e9)] | None = None
    refresh_days: Annotated[int, Field(ge=1, le=3_650)] | None = None
    answers: Text
    file: Form = Field(default_factory=Form)
    reference: Text
    request: Text | None = None
    hit: Text | None = None
    partial: bool = False
    answer_days: Annotated[int, Field(ge=1, le=365)] = 30
    success_days: Annotated[int, Field(ge=1, le=3_650)] = 90

    @property
    def has_price(self) -> bool:
        """Whether it says what asking costs; 0 is a price."""
        return any(price is not None for price in (self.price_per_record, self.price_per_hit, self.price_per_success))
