from __future__ import annotations

from skiptrace.reach.channels import mail
from skiptrace.reach.features import DERIVED
from skiptrace.schema import CONTACT_POINTS
from tests.reach.tables import points


def test_a_letter_needs_a_street_or_a_box() -> None:
    table = points({"street": "N MAIN ST"}, {"street": "PO BOX 12"}, {"street": None, "city": "SEATTLE"})
    assert mail.usable(table).tolist() == [True, True, False]


def test_it_scores_columns_of_addresses() -> None:
    assert mail.KINDS == ("address",)
    assert set(mail.FEATURES) <= {*CONTACT_POINTS.names, *DERIVED}
