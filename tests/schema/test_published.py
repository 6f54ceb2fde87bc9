"""Published tables are a contract: columns that others rely on are there, of the promised type and order."""

from __future__ import annotations

import typing

import pytest

from skiptrace import schema
from skiptrace.schema import PUBLISHED_NAMES, Table, links
from skiptrace.schema.table import Privacy

COMPARISONS = ("ssn", "dob")
PUBLISHED: dict[str, Table] = {name: links(COMPARISONS) if name == "links" else getattr(schema, name.upper()) for name in PUBLISHED_NAMES}
RELIED_ON = {
    "accounts": "account_id consumer_id balance locate_status best_channel channel_order p_any_channel expected_value holds",
    "links": "account_id source record_id rank match_weight person_weight match_probability relation status margin via level_ssn level_dob "
             "weight_ssn weight_dob",
    "contact_points": "account_id point_id kind value rank origin first_seen last_seen sources p_current p_right_party line_type "
                      "shared_by status",
    "channels": "account_id point_id channel rank p_reach p_reach_low p_reach_high grade reasons decision",
    "decisions": "account_id point_id channel decision stopped_by conditions steps_required window_start window_end valid_until "
                 "rulebook",
    "rejects": "source file row column reason",
    "alerts": "account_id kind before after delta_p",
}  # fmt: skip


@pytest.mark.parametrize("name", PUBLISHED_NAMES)
def test_columns_that_others_rely_on_are_there_in_this_order(name: str) -> None:
    wanted = RELIED_ON[name].split()
    assert [column for column in PUBLISHED[name].names if column in wanted] == wanted


@pytest.mark.parametrize("name", PUBLISHED_NAMES)
def test_a_table_is_well_formed(name: str) -> None:
    table = PUBLISHED[name]
    assert table.name == name
    assert len(set(table.names)) == len(table.names)
    assert set(table.key) <= set(table.names)
    for column in table.columns:
        assert column.sentence.endswith((".", "…")), column.name
        assert column.privacy in typing.get_args(Privacy)
        assert not (column.name in table.key and column.nullable), column.name


@pytest.mark.parametrize("name", PUBLISHED_NAMES)
def test_probabilities_are_doubles_and_levels_small_integers(name: str) -> None:
    for field in PUBLISHED[name].arrow:
        if field.name.startswith(("p_", "weight_", "match_")) or field.name in ("margin", "delta_p", "person_weight"):
            assert str(field.type) == "double", field.name
        if field.name.startswith("level_"):
            assert str(field.type) == "int8", field.name


def test_links_have_a_level_and_a_weight_for_each_comparison() -> None:
    plain, more = links(()), links(COMPARISONS)
    assert more.names == (*plain.names, "level_ssn", "level_dob", "weight_ssn", "weight_dob")
    assert more.key == ("account_id", "source", "record_id")
    margin, via = (more.arrow.field(name) for name in ("margin", "via"))
    assert margin.nullable
    assert via.nullable
    assert not more.arrow.field("level_ssn").nullable


def test_what_a_reader_may_find_empty_is_said() -> None:
    accounts, points = schema.ACCOUNTS.arrow, schema.CONTACT_POINTS.arrow
    assert accounts.field("best_channel").nullable
    assert accounts.field("expected_value").nullable
    assert not accounts.field("p_any_channel").nullable
    assert not points.field("value").nullable
    assert schema.REJECTS.arrow.field("column").nullable


def test_rejects_have_no_place_for_a_value() -> None:
    assert "value" not in schema.REJECTS.names
    assert {column.privacy for column in schema.REJECTS.columns} == {"none"}


def test_the_value_of_a_point_is_personal_and_a_hold_sensitive() -> None:
    privacy = {(name, column.name): column.privacy for name, table in PUBLISHED.items() for column in table.columns}
    assert privacy["contact_points", "value"] == privacy["contact_points", "evidence"] == "personal"
    assert privacy["accounts", "holds"] == privacy["decisions", "stopped_by"] == "sensitive"
    assert privacy["accounts", "account_id"] == privacy["links", "record_id"] == "key"
