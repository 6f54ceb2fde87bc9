"""[retention]: how many published runs are kept whole. Of the others stays what their decisions rest on.

The evidence of a decision is wanted from the first contact for a debt until three years after the last (12 CFR 1006.100), which no age of
a run says; so only `skiptrace runs purge --policy`, which knows the last activity of each account, removes it (`rules/retention`). All
else holds people's data that nobody needs any more once newer runs are published (16 CFR 314.4(c)(6)).
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from skiptrace.project.parts import Part


class Retention(Part):
    """What `skiptrace runs gc` and `skiptrace nightly` leave: `runs`, how many of the runs that were published last are kept whole;
    `exports_days`, for how many days after they were written the files of exports of other runs stay.

    What `skiptrace runs purge --policy` leaves: `evidence_years`, how long after an account's last activity its decisions are kept (None:
    as long as the law wants it, never less); `legal_hold`: no evidence is removed at all."""

    runs: Annotated[int, Field(ge=1, le=100_000)] = 2
    exports_days: Annotated[int, Field(ge=1, le=36_500)] = 90
    evidence_years: Annotated[int, Field(ge=1, le=100)] | None = None
    legal_hold: bool = False
