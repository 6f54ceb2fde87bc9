from __future__ import annotations

from skiptrace.reach.channels import portal, sms
from skiptrace.reach.features import DERIVED
from skiptrace.schema import CONTACT_POINTS
from skiptrace.vocabulary import LINE_TYPES
from tests.reach.tables import points


def test_a_link_goes_to_mailboxes_and_to_numbers_that_take_texts() -> None:
    numbers = points(*({"line_type": line} for line in LINE_TYPES))
    assert portal.usable(numbers).tolist() == sms.usable(numbers).tolist()
    assert portal.usable(points({"kind": "email", "line_type": "unknown"})).tolist() == [True]
    assert portal.usable(points()).tolist() == []


def test_it_scores_columns_of_mailboxes_and_phones() -> None:
    assert portal.KINDS == ("email", "phone")
    assert set(portal.FEATURES) <= {*CONTACT_POINTS.names, *DERIVED}
