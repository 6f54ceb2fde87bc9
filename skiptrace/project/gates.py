"""[gates]: how much a run may differ from the one that was trusted last before its exports are held for a person to look at."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from skiptrace.project.parts import Part

_Share = Annotated[float, Field(gt=0, le=1)]


class Gates(Part):
    """Quality gates of a run.

    `least`: accounts or records from which on a share is judged at all; `match_rate`: the part of the share of linked accounts that may
    be gone; `fill`: the same of the share of records for which a source gives a column; `drift`: population stability index of the
    chances to reach somebody on a channel, in tenths (up to .1 is taken for no change, above .25 for another population: a rule of
    thumb of credit scoring); `alerts`: share of accounts with an alert in one night; `stale_days`: days after which a source that used to
    bring newer records, and brings none, is stale. 1 for a share, and 10 for `drift`, let everything go."""

    least: Annotated[int, Field(ge=1)] = 500
    match_rate: _Share = 0.15
    fill: _Share = 0.25
    drift: Annotated[float, Field(gt=0, le=10)] = 0.25
    alerts: _Share = 0.25
    stale_days: Annotated[int, Field(ge=1)] = 45
