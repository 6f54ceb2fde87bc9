from __future__ import annotations

import pytest

from skiptrace import schema


@pytest.mark.parametrize("name", [*schema.PUBLISHED_NAMES, *schema.EVIDENCE_NAMES])
def test_every_table_of_a_run_has_a_spec_of_its_name(name: str) -> None:
    assert schema.spec_of(name).name == name


def test_links_have_a_level_and_a_weight_of_each_comparison() -> None:
    assert {"level_dob", "weight_dob"} <= set(schema.spec_of("links", ["dob"]).names) - set(schema.spec_of("links").names)
