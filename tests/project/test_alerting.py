from __future__ import annotations

import pytest
from pydantic import ValidationError

from skiptrace.project.alerting import Alerts


def test_what_is_left_out_keeps_the_shipped_limit() -> None:
    assert Alerts().changed() == {}
    assert Alerts(reach_step=0.3, storm_from=10).changed() == {"reach_step": 0.3, "storm_from": 10}


@pytest.mark.parametrize("given", [{"reach_step": 0.0}, {"storm_share": 1.5}, {"settled_nights": -1}, {"reach_steps": 0.2}])
def test_what_makes_no_sense_is_refused(given: dict[str, float]) -> None:
    with pytest.raises(ValidationError):
        Alerts(**given)  # type: ignore[arg-type]
