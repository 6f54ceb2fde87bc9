from __future__ import annotations

import pytest

from skiptrace.schema import ACCOUNTS, CHANNELS, CONTACT_POINTS, DECISIONS, IDENTITIES, Table, links
from skiptrace.schema.roles import is_identity


def closed(spec: Table) -> set[str]:
    return {column.name for column in spec.columns if is_identity(column)}


@pytest.mark.parametrize("spec", [CHANNELS, DECISIONS, links(("dob", "phone"))], ids=lambda spec: spec.name)
def test_scores_decisions_and_links_need_no_identity_key(spec: Table) -> None:
    assert closed(spec) == set()


def test_who_and_where_somebody_is_needs_it() -> None:
    assert {"first_name", "last_name", "deceased_date", "account_state_reason"} <= closed(ACCOUNTS)
    assert {"value", "street", "evidence"} <= closed(CONTACT_POINTS)
    assert {"dob", "ssn4", "ssn_token", "last"} <= closed(IDENTITIES)


def test_what_scores_are_made_of_does_not() -> None:
    assert not {"account_id", "holds", "minor", "best_channel", "p_any_channel"} & closed(ACCOUNTS)
    assert not {"account_id", "p_current", "rank", "kind"} & closed(CONTACT_POINTS)
