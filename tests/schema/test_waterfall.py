from __future__ import annotations

import typing

import pytest

from skiptrace.schema import ASKS, CHOICES, ESTIMATES, FRONTIER, STOPS, WATERFALL_FACTS, Table
from skiptrace.schema.table import Privacy
from skiptrace.schema.waterfall import MISSING, STOP_REASONS


@pytest.mark.parametrize("table", [WATERFALL_FACTS, ASKS, CHOICES, STOPS, FRONTIER, ESTIMATES], ids=lambda table: table.name)
def test_a_table_is_well_formed(table: Table) -> None:
    assert len(set(table.names)) == len(table.names)
    assert all(column.sentence.endswith(".") and column.privacy in typing.get_args(Privacy) for column in table.columns)
    assert not any(column.nullable for column in table.columns if column.name in table.key)


def test_an_ask_keeps_every_fact_that_its_chances_depended_on() -> None:
    assert {"worth", "missing", "debt_age_days", "last_evidence_days", "asked"} <= set(ASKS.names) & set(WATERFALL_FACTS.names)


def test_the_sentence_of_a_stop_names_every_reason() -> None:
    sentence = next(column.sentence for column in STOPS.columns if column.name == "stop_reason")
    assert all(reason in sentence for reason in STOP_REASONS)


def test_what_is_missing_fits_its_bits() -> None:
    assert len(MISSING) <= 8
