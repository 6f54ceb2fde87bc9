"""[waterfall]: what may be spent on sources that are asked by request files, and what a contact is worth.

How one source is asked, and what it costs, stands beside it (`[source.order]`). Nothing here changes a table of a run.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Self

from pydantic import Field, model_validator

from skiptrace.project.parts import Part, SafeName, Text, wrong

_Share = Annotated[float, Field(ge=0, le=0.5)]


class Waterfall(Part):
    """Money is in the balance's currency. `budget`: what may be spent in all from the day `begins` on (None: ever); `ceiling`: on one
    account. A right-party contact is worth `contact_value`, or the share `recovery` of the account's balance.

    `target`: the chance of a right-party contact from which on nobody asks further. `least`: a source is asked where it is expected to
    bring so many times its price. `stages`: how often answers are waited for before the next source is asked. `explore`: the share of a
    stage that is asked by lot, so that what is known of sources stays honest; `held_out`: the share of accounts that go through the fixed
    order `fixed` of sources instead, to compare with; `seed`: of both lots."""

    budget: Annotated[float, Field(ge=0, le=1e9)]
    begins: dt.date | None = None
    ceiling: Annotated[float, Field(ge=0)] | None = None
    contact_value: Annotated[float, Field(gt=0)] | None = None
    recovery: Annotated[float, Field(gt=0, le=1)] | None = None
    target: Annotated[float, Field(gt=0, le=1)] = 0.9
    least: Annotated[float, Field(ge=0)] = 1.0
    stages: Annotated[int, Field(ge=1, le=20)] = 8
    explore: _Share = 0.02
    held_out: _Share = 0.0
    fixed: tuple[SafeName, ...] = ()
    seed: Text = "waterfall"

    @model_validator(mode="after")
    def _worth_something(self) -> Self:
        if (self.contact_value is None) == (self.recovery is None):
            what = "says in two ways what a contact is worth" if self.recovery else "does not say what a contact is worth"
            raise wrong(what, "keep one of contact_value = 12.50, an amount, and recovery = 0.02, a share of the balance")
        if self.held_out and not self.fixed:
            raise wrong("holds accounts out without an order that they go through", 'add fixed = ["SOURCE", …], or leave held_out out')
        return self
