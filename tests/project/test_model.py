from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from skiptrace.project.model import Portfolio, Project, Runtime, Security, Source
from skiptrace.vocabulary import PURPOSES, SOURCE_KINDS


def project() -> Project:
    return Project.model_validate({
        "version": 1, "project": {"name": "p", "purposes": ("other",)},
        "portfolio": {"path": "p", "columns": {"account_id": ("a",)}},
    })  # fmt: skip


def test_objects_are_frozen_and_know_their_file() -> None:
    first = project()
    placed = first.at(Path("/somewhere/skiptrace.toml"))
    assert placed.folder == Path("/somewhere")
    assert first.file == Path("skiptrace.toml")
    with pytest.raises(ValidationError):
        placed.version = 1  # type: ignore[misc]


@pytest.mark.parametrize("kind", SOURCE_KINDS)
def test_every_kind_and_purpose_of_the_vocabulary_is_taken(kind: str) -> None:
    source = Source(name="s", path="p", kind=kind, purposes=PURPOSES, columns={"record_id": ("r",)})
    assert (source.kind, source.purposes) == (kind, PURPOSES)


def test_nothing_is_converted() -> None:
    with pytest.raises(ValidationError):
        Runtime(workers="3")  # type: ignore[arg-type]
    with pytest.raises(ValidationError):
        Portfolio(path="p", columns={"account_id": ["a"]})  # type: ignore[dict-item]


@pytest.mark.parametrize("secret", ["plain", "${env:}", "${env:A}x", "${other:A}", "${file:}", "x${env:A}"])
def test_only_a_reference_stands_for_a_secret(secret: str) -> None:
    with pytest.raises(ValidationError):
        Security(token_key=secret)


def test_the_portfolio_is_a_delivery_of_its_own_kind() -> None:
    found = project()
    assert [(spec.name, spec.kind) for spec in found.deliveries()] == [("portfolio", "portfolio")]
