from __future__ import annotations

from skiptrace.reach.channels import sms
from skiptrace.reach.features import DERIVED
from skiptrace.schema import CONTACT_POINTS
from skiptrace.vocabulary import LINE_TYPES
from tests.reach.tables import points


def test_a_known_landline_or_toll_free_number_takes_no_texts() -> None:
    table = points(*({"line_type": line} for line in LINE_TYPES))
    usable = dict(zip(LINE_TYPES, sms.usable(table).tolist(), strict=True))
    assert {line for line, takes in usable.items() if not takes} == {"landline", "toll_free"}
    assert usable["unknown"]
    assert sms.usable(points()).tolist() == []


def test_it_scores_columns_of_phones() -> None:
    assert sms.KINDS == ("phone",)
    assert set(sms.FEATURES) <= {*CONTACT_POINTS.names, *DERIVED}
