"""The match model: four latent classes, the probability of each comparison level in each, and what a pattern weighs.

The weight of a pair is log2 of the odds "the same person" against every other class together. It is the sum of the
prior's bits and one weight per comparison:
`weight_f = log2 P(level_f | same) - log2 P(level_f | other, levels before f)`. The second term is taken over the
mixture of the other classes given the levels already weighed, so shared surname, address and phone of one household are
not counted as if they were independent, and the bars sum exactly.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skiptrace.errors import DataRefused, Problem
from skiptrace.kernels.pattern_weights import TOGETHER
from skiptrace.linkage.rules import LinkageRules

CLASSES = ("same", "household", "namesake", "other")
FORMAT = 2


@dataclass(frozen=True)
class Model:
    """Priors [4] and, per comparison, level probabilities [4, levels]; provenance says where they came from."""

    priors: NDArray[np.float64]
    levels: tuple[NDArray[np.float64], ...]
    names: tuple[str, ...]
    provenance: Mapping[str, Any]

    @cached_property
    def joint(self) -> NDArray[np.float64]:
        """What `kernels.pattern_weights.weigh_patterns` looks up: joint probabilities of three comparisons each."""
        groups = -(-len(self.levels) // TOGETHER)
        out = np.ones((groups, 16**TOGETHER, len(CLASSES)))
        for place, table in enumerate(reversed(self.levels)):
            padded = np.ones((16, len(CLASSES)))
            padded[1 : table.shape[1] + 1] = table.T
            digit = np.arange(16**TOGETHER) >> (4 * (place % TOGETHER)) & 15
            out[place // TOGETHER] *= padded[digit]
        out[0] *= self.priors
        return out

    def plain(self) -> dict[str, Any]:
        """As a JSON object; floats are written in full, so reading it back gives the same model."""
        table = {
            name: {kind: [float(p) for p in self.levels[f][k]] for k, kind in enumerate(CLASSES)}
            for f, name in enumerate(self.names)
        }
        return {"priors": _named(self.priors), "comparisons": table, "provenance": dict(self.provenance)}


def _named(priors: NDArray[np.float64]) -> dict[str, float]:
    return {kind: float(p) for kind, p in zip(CLASSES, priors, strict=True)}


@dataclass(frozen=True)
class MatchModel:
    """What a project weighs by. records: an account with one record. reference: two records of the reference, with the levels
    of `records` and priors of their own. persons: an account with a person, by the closest levels of the person's records."""

    records: Model
    reference: Model
    persons: Model

    def plain(self) -> dict[str, Any]:
        """As a JSON object."""
        reference = {"priors": _named(self.reference.priors), "provenance": dict(self.reference.provenance)}
        return {"format": FORMAT, "records": self.records.plain(), "reference": reference, "persons": self.persons.plain()}


def from_plain(content: Mapping[str, Any], rules: LinkageRules) -> MatchModel:
    """The model of a JSON object. Raises DataRefused where its comparisons or levels are not those of `rules`."""
    records, reference = records_from_plain(content, rules)
    try:
        persons = _model(content["persons"], rules)
    except (KeyError, ValueError, TypeError):
        raise _refused() from None
    if content.get("format") != FORMAT:
        raise _refused()
    return MatchModel(records, reference, persons)


def records_from_plain(content: Mapping[str, Any], rules: LinkageRules) -> tuple[Model, Model]:
    """(records, reference) of a model, or of its first half. Raises as `from_plain`."""
    try:
        records = _model(content["records"], rules)
        priors = np.array([content["reference"]["priors"][kind] for kind in CLASSES])
        return records, Model(priors, records.levels, rules.names, dict(content["reference"]["provenance"]))
    except (KeyError, ValueError, TypeError):
        raise _refused() from None


def _refused() -> DataRefused:
    problem = Problem("match model", "", "does not fit the comparisons in force", "train anew: `skiptrace model train-match`")
    return DataRefused("the match model cannot be used", (problem,))


def _model(content: Mapping[str, Any], rules: LinkageRules) -> Model:
    """One part of a match model. Raises ValueError where its tables have another shape."""
    levels = tuple(np.array([content["comparisons"][c.name][kind] for kind in CLASSES]) for c in rules.comparisons)
    if len(content["comparisons"]) != len(rules.comparisons):
        raise ValueError
    for table, comparison in zip(levels, rules.comparisons, strict=True):
        if table.shape != (len(CLASSES), len(comparison.levels)):
            raise ValueError
    return Model(np.array([content["priors"][kind] for kind in CLASSES]), levels, rules.names, dict(content["provenance"]))


def log_classes(model: Model, patterns: NDArray[np.int8]) -> NDArray[np.float64]:
    """log P(class, levels) for patterns int8 [p, f]: float64 [p, 4]. A missing level is no evidence (factor 1)."""
    out = np.tile(np.log(model.priors), (len(patterns), 1))
    for f, table in enumerate(model.levels):
        out += _log_level(table, patterns[:, f])
    return out


def _log_level(table: NDArray[np.float64], level: NDArray[np.int8]) -> NDArray[np.float64]:
    """float64 [p, 4]: log probability of the level in each class, 0 where missing."""
    padded = np.hstack([np.log(table), np.zeros((len(table), 1))])  # level -1 takes the last column
    picked: NDArray[np.float64] = padded.T[level]
    return picked


@dataclass(frozen=True)
class Weighed:
    """Per pattern: weight in bits, posterior of each class, and bits per comparison; prior is the bits before any."""

    weight: NDArray[np.float64]  # [p]
    posterior: NDArray[np.float64]  # [p, 4]
    parts: NDArray[np.float64]  # [p, f]
    prior: float


def weigh(model: Model, patterns: NDArray[np.int8]) -> Weighed:
    """Weights of comparison patterns int8 [p, f]. `prior + parts.sum(axis=1) == weight` up to rounding of the sum."""
    others = np.tile(np.log(model.priors[1:]), (len(patterns), 1))
    before = _log_sum(others)
    prior = float((np.log(model.priors[0]) - np.log(model.priors[1:].sum())) / np.log(2))
    parts = np.empty((len(patterns), len(model.levels)))
    for f, table in enumerate(model.levels):
        logs = _log_level(table, patterns[:, f])
        others = others + logs[:, 1:]
        after = _log_sum(others)
        parts[:, f] = (logs[:, 0] - (after - before)) / np.log(2)
        before = after
    joint = log_classes(model, patterns)
    posterior = np.exp(joint - _log_sum(joint)[:, None])
    evidence = np.zeros(len(patterns))
    for f in range(parts.shape[1]):  # in order, so that the bars of a chart add up to the last bit
        evidence += parts[:, f]
    return Weighed(prior + evidence, posterior, parts, prior)


def _log_sum(logs: NDArray[np.float64]) -> NDArray[np.float64]:
    """log of the sum of exponentials over the last axis."""
    top = logs.max(axis=1)
    total: NDArray[np.float64] = top + np.log(np.exp(logs - top[:, None]).sum(axis=1))
    return total
