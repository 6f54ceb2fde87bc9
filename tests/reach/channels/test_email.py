from __future__ import annotations

from skiptrace.reach.channels import email
from skiptrace.reach.features import DERIVED
from skiptrace.schema import CONTACT_POINTS
from tests.reach.tables import points


def test_any_address_can_be_written_to() -> None:
    table = points({"kind": "email", "flags": ["disposable"]}, {"kind": "email"})
    assert email.usable(table).tolist() == [True, True]


def test_it_scores_columns_of_mailboxes() -> None:
    assert email.KINDS == ("email",)
    assert set(email.FEATURES) <= {*CONTACT_POINTS.names, *DERIVED}
