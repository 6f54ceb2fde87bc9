"""Weights are what they say: log2 odds of the posterior, and a sum of parts."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skiptrace.errors import DataRefused
from skiptrace.linkage.model import CLASSES, FORMAT, MatchModel, Model, from_plain, log_classes, records_from_plain, weigh
from skiptrace.linkage.rules import load
from tests.linkage.people_tables import match_model, plain_model

SIZES = [len(comparison.levels) for comparison in load().comparisons]
PATTERNS = st.lists(st.tuples(*(st.integers(-1, size - 1) for size in SIZES)), min_size=1, max_size=6)


def random_model(seed: int) -> Model:
    draw = np.random.default_rng(seed)
    levels = tuple(draw.dirichlet(np.ones(size), 4) + 1e-4 for size in SIZES)
    levels = tuple(table / table.sum(axis=1)[:, None] for table in levels)
    return Model(draw.dirichlet(np.ones(4)), levels, load().names, {})


def plain_joint(model: Model, pattern: tuple[int, ...]) -> list[float]:
    """P(class, levels) by the definition: a product, where a missing level is a factor of 1."""
    out = []
    for k in range(len(CLASSES)):
        product = float(model.priors[k])
        for f, level in enumerate(pattern):
            product *= 1.0 if level < 0 else float(model.levels[f][k, level])
        out.append(product)
    return out


@given(PATTERNS, st.integers(0, 1000))
def test_weight_is_the_log_odds_and_the_sum_of_its_parts(rows: list[tuple[int, ...]], seed: int) -> None:
    model = random_model(seed)
    patterns = np.array(rows, np.int8)
    weighed = weigh(model, patterns)
    for p, pattern in enumerate(rows):
        joint = plain_joint(model, pattern)
        assert np.exp(log_classes(model, patterns)[p]) == pytest.approx(joint, rel=1e-9)
        assert weighed.posterior[p] == pytest.approx(np.array(joint) / sum(joint), rel=1e-9)
        assert weighed.weight[p] == pytest.approx(np.log2(joint[0] / sum(joint[1:])), abs=1e-7)
    assert weighed.posterior.sum(axis=1) == pytest.approx(1.0)
    assert weighed.prior + weighed.parts.sum(axis=1) == pytest.approx(weighed.weight, abs=1e-9)
    odds = weighed.posterior[:, 0] / weighed.posterior[:, 1:].sum(axis=1)
    assert np.log2(odds) == pytest.approx(weighed.weight, abs=1e-6)


def test_a_missing_field_says_nothing() -> None:
    model = plain_model()
    nothing = weigh(model, np.full((1, len(SIZES)), -1, np.int8))
    assert not nothing.parts.any()
    assert nothing.weight[0] == nothing.prior == pytest.approx(np.log2(0.1 / 0.9))
    assert nothing.posterior[0] == pytest.approx(model.priors)


def test_what_a_household_shares_is_not_counted_twice() -> None:
    """Once an equal last name has made a relative likely, an equal address says less than it does alone."""
    model, rules = plain_model(), load()

    def pattern(**levels: str) -> np.ndarray:
        row = np.full(len(SIZES), -1, np.int8)
        for name, level in levels.items():
            row[rules.names.index(name)] = rules.comparison(name).level(level)
        return row

    alone, beside = weigh(model, np.stack([pattern(address="same"), pattern(last_name="same_rare", address="same")])).parts
    at = rules.names.index("address")
    assert beside[at] < alone[at] - 2


def same(one: Model, other: Model) -> bool:
    equal = [np.array_equal(one.priors, other.priors), one.names == other.names, one.provenance == other.provenance]
    return all(equal) and all(np.array_equal(a, b) for a, b in zip(one.levels, other.levels, strict=True))


def written() -> MatchModel:
    """A model whose parts all differ."""
    records = replace(random_model(7), provenance={"method": "em", "rounds": 3})
    reference = replace(records, priors=random_model(8).priors, provenance={"method": "em of priors"})
    return MatchModel(records, reference, replace(random_model(9), provenance={"method": "em", "rounds": 5}))


def test_reading_a_written_model_gives_the_same_model() -> None:
    model = written()
    read = from_plain(json.loads(json.dumps(model.plain())), load())
    assert same(read.records, model.records)
    assert same(read.reference, model.reference)
    assert same(read.persons, model.persons)
    assert set(model.plain()["records"]["priors"]) == set(CLASSES)


def test_the_first_half_of_a_model_is_read_without_the_second() -> None:
    model, content = written(), json.loads(json.dumps(written().plain()))
    half = {name: content[name] for name in ("records", "reference")}
    for read in (half, content):
        records, reference = records_from_plain(read, load())
        assert same(records, model.records)
        assert same(reference, model.reference)
    with pytest.raises(DataRefused):
        from_plain(half, load())


def test_records_of_a_reference_are_compared_by_the_levels_learned_on_accounts() -> None:
    content = written().plain()
    assert set(content) == {"format", "records", "reference", "persons"}
    assert set(content["reference"]) == {"priors", "provenance"}


def faulty(kind: str, part: str) -> dict[str, object]:
    content = match_model().plain()
    table = content[part].get("comparisons", {})
    if kind == "format":
        content["format"] = FORMAT + 1
    elif kind == "part missing":
        del content[part]
    elif kind == "comparison missing":
        del table["suffix"]
    elif kind == "comparison unknown":
        table["shoe_size"] = table["suffix"]
    elif kind == "level missing":
        table["suffix"] = {name: [1.0] for name in CLASSES}
    elif kind == "ragged":
        table["suffix"]["same"] = [1.0]
    elif kind == "class missing":
        del content[part]["priors"]["namesake"]
    elif kind == "no numbers":
        table["suffix"] = None
    elif kind == "no provenance":
        del content[part]["provenance"]
    return content


TABLES = ["comparison missing", "comparison unknown", "level missing", "ragged", "no numbers"]


@pytest.mark.parametrize(
    ("kind", "part"),
    [("format", "records"), *((kind, part) for part in ("records", "persons") for kind in TABLES),
     *((kind, part) for part in ("records", "reference", "persons") for kind in ("part missing", "class missing", "no provenance"))],
)  # fmt: skip
def test_a_model_of_other_comparisons_is_refused(kind: str, part: str) -> None:
    with pytest.raises(DataRefused, match="match model") as caught:
        from_plain(faulty(kind, part), load())
    assert caught.value.exit_code == 3
    assert caught.value.problems[0].mend
