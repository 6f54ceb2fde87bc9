from __future__ import annotations

from skiptrace.reach.channels import voice
from skiptrace.reach.features import DERIVED
from skiptrace.schema import CONTACT_POINTS
from skiptrace.vocabulary import LINE_TYPES
from tests.reach.tables import points


def test_any_number_can_be_called() -> None:
    table = points(*({"line_type": line} for line in LINE_TYPES), {"status": "disconnected"})
    assert voice.usable(table).tolist() == [True] * len(table)
    assert voice.usable(points()).tolist() == []


def test_it_scores_columns_of_phones() -> None:
    assert voice.KINDS == ("phone",)
    assert set(voice.FEATURES) <= {*CONTACT_POINTS.names, *DERIVED}
