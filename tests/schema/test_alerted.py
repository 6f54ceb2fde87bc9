from __future__ import annotations

import typing

import pytest

from skiptrace.schema import ACKNOWLEDGED, ALERTS, ALERTS_HELD, ALERTS_TOLD, CHANGED, Table
from skiptrace.schema.table import Privacy


@pytest.mark.parametrize("table", [ALERTS, ALERTS_HELD, ALERTS_TOLD, ACKNOWLEDGED, CHANGED], ids=lambda table: table.name)
def test_a_table_is_well_formed(table: Table) -> None:
    assert len(set(table.names)) == len(table.names)
    assert all(column.sentence.endswith((".", "…")) and column.privacy in typing.get_args(Privacy) for column in table.columns)
    assert not any(column.nullable for column in table.columns if column.name in table.key)


def test_what_was_summed_up_is_kept_as_it_would_have_been_told() -> None:
    assert ALERTS_HELD.arrow.equals(ALERTS.arrow)


@pytest.mark.parametrize("table", [ALERTS, ALERTS_TOLD, CHANGED], ids=lambda table: table.name)
def test_values_are_personal_wherever_they_stand(table: Table) -> None:
    assert {column.name: column.privacy for column in table.columns if column.name in ("before", "after")} == {
        "before": "personal", "after": "personal",
    }  # fmt: skip


def test_an_acknowledgement_is_met_by_the_memory_it_is_compared_with() -> None:
    shared = ("account_id", "topic", "thing")
    assert ACKNOWLEDGED.key == (*shared, "state")
    for name in shared:
        kinds = {str(table.arrow.field(name).type) for table in (ACKNOWLEDGED, ALERTS_TOLD, CHANGED)}
        assert len(kinds) == 1, name
