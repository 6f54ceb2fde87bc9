"""[alerts]: from where on a change is news for this project. The defaults are those of the shipped rules, which say why."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from skiptrace.project.parts import Part

_Share = Annotated[float, Field(ge=0, le=1)]


class Alerts(Part):
    """What a project changes of the limits in `rules/alerts/kinds.toml`; None leaves the shipped one.

    `reach_step`: change of the chance to reach somebody; `likely_address`, `likely_point`: least probabilities of what is new;
    `settled_nights`: days within which going back and forth is one piece of news; `storm_share`, `storm_from`: share and number of
    accounts above which a kind is summed up in one line."""

    reach_step: Annotated[float, Field(gt=0, le=1)] | None = None
    likely_address: _Share | None = None
    likely_point: _Share | None = None
    settled_nights: Annotated[int, Field(ge=0, le=366)] | None = None
    storm_share: _Share | None = None
    storm_from: Annotated[int, Field(ge=0)] | None = None

    def changed(self) -> dict[str, float | int]:
        """The limits that were set, by name."""
        return {name: value for name, value in self.model_dump().items() if value is not None}
