"""Tables that intake makes: well formed, and every personal column is marked as such."""

from __future__ import annotations

import typing

import pytest

from skiptrace.schema import delivered
from skiptrace.schema.table import Privacy, Table
from skiptrace.vocabulary import ACCOUNT_FLAGS

TABLES = {name: found for name, found in vars(delivered).items() if isinstance(found, Table)}
PERSONAL = {"first", "middle", "last", "former_names", "value", "match_key", "house", "street", "unit", "city", "postal_code"}
SENSITIVE = {"dob", "ssn_token", "ssn4", "deceased", "deceased_date", "minor", *ACCOUNT_FLAGS}


def test_the_tables_of_intake_are_these() -> None:
    assert set(TABLES) == {
        "TAPE", "IDENTITIES", "SIGHTINGS", "CONSENTS", "EVENTS", "SUPPRESSIONS", "ANSWERS", "ACCOUNT_EVENTS", "NOTES", "NOTED",
        "PLACEMENTS",
    }  # fmt: skip
    assert all(table.name == name.lower() for name, table in TABLES.items())


@pytest.mark.parametrize("name", sorted(TABLES))
def test_a_table_is_well_formed(name: str) -> None:
    table = TABLES[name]
    assert len(set(table.names)) == len(table.names)
    assert set(table.key) <= set(table.names)
    for column in table.columns:
        assert column.sentence.endswith((".", "…")), column.name
        assert column.privacy in typing.get_args(Privacy), column.name
        if column.name in table.key:
            assert not column.nullable, column.name


@pytest.mark.parametrize("name", sorted(TABLES))
def test_personal_and_sensitive_columns_are_marked(name: str) -> None:
    for column in TABLES[name].columns:
        if column.name in PERSONAL:
            assert column.privacy == "personal", column.name
        if column.name in SENSITIVE:
            assert column.privacy == "sensitive", column.name
        if column.name in ("account_id", "record_id"):
            assert column.privacy == "key"


def test_no_table_has_a_place_for_a_whole_number_of_social_security() -> None:
    names = {column.name for table in TABLES.values() for column in table.columns}
    assert "ssn" not in names
    token = next(column for column in TABLES["IDENTITIES"].columns if column.name == "ssn_token")
    assert str(token.type) == "fixed_size_binary[16]"


def test_flags_of_the_tape_may_be_unknown() -> None:
    columns = {column.name: column for column in TABLES["TAPE"].columns}
    assert all(columns[flag].nullable and str(columns[flag].type) == "bool" for flag in ACCOUNT_FLAGS)
