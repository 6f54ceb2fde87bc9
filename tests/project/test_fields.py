from __future__ import annotations

import pytest

from skiptrace.project.fields import PERSON_COLUMNS, fields_of, required_of
from skiptrace.vocabulary import ACCOUNT_FLAGS, SOURCE_KINDS


@pytest.mark.parametrize("kind", ["portfolio", *SOURCE_KINDS])
def test_required_columns_exist_and_names_are_unique(kind: str) -> None:
    fields = fields_of(kind)
    assert set(required_of(kind)) <= set(fields)
    assert all(name == field.name and field.sentence.endswith(".") for name, field in fields.items())


def test_the_co_borrower_mirrors_every_column_of_a_person() -> None:
    portfolio = fields_of("portfolio")
    assert all(portfolio[f"co_{name}"].accepts == portfolio[name].accepts for name in PERSON_COLUMNS)
    assert set(ACCOUNT_FLAGS) <= set(portfolio)
    assert not any(name.startswith("co_") for name in fields_of("utility"))


def test_numbers_that_lost_their_zeros_are_never_accepted() -> None:
    for name in ("ssn", "ssn4", "postal_code"):
        assert fields_of("portfolio")[name].accepts == ("text",)
