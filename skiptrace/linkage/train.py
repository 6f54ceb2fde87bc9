"""Learning the match model without labels: expectation-maximisation on counts of comparison patterns.

Patterns are counted per partition and the counts added, so the result depends on neither the order nor the number of
partitions. m and u are both learned inside the candidate set: among random pairs nobody shares an address or a surname,
so u from random pairs would make relatives look like the debtor.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from skiptrace.linkage.model import CLASSES, Model, log_classes
from skiptrace.linkage.patterns import Counts, Levels
from skiptrace.linkage.rules import LinkageRules

PSEUDO_COUNT = 0.5
"""Added to every level count of every class: no level may get probability 0."""
CONVERGED, AT_LEAST, AT_MOST = 1e-7, 20, 500
START = 0.97
"""Weight that a pattern's starting class gets; the rest goes to the other three."""
BASE_PAIRS = 100
"""Pairs per class that a base model counts for."""
ENOUGH_PAIRS = 200
"""Fewer candidate pairs than this say too little to learn from: the shipped model is used instead."""

LABEL_PAIRS = 20
"""Candidate pairs that a pair counts for of which somebody knows whether it is one person."""


class Known(NamedTuple):
    """Pairs that somebody knows: comparison vectors [n, comparisons], and whether each is the same person [n]."""

    patterns: Levels
    same: NDArray[np.bool_]


def starting_classes(patterns: Levels, rules: LinkageRules) -> NDArray[np.int64]:
    """The class each pattern starts in: int64 [p], a position in CLASSES. Plain rules, only a start for EM.

    household: a shared address, phone or e-mail with a contradicting first name, birth date or number. namesake: both
    names agree and nothing else does. same: names agree at least in part and something strong agrees."""
    column = {name: patterns[:, f] for f, name in enumerate(rules.names)}
    level = {name: rules.comparison(name).level for name in rules.names}
    shared = (
        (column["address"] >= level["address"]("near")) | (column["phone"] == level["phone"]("same"))
        | (column["email"] == level["email"]("same"))
    )  # fmt: skip
    number = column["ssn"] >= level["ssn"]("last4")
    birthday = column["dob"] >= level["dob"]("slip")
    dob_against = (column["dob"] >= 0) & (column["dob"] < level["dob"]("january"))
    against = (column["first_name"] == 0) | dob_against | (column["ssn"] == 0)
    first = column["first_name"] >= level["first_name"]("initial")
    last = column["last_name"] >= level["last_name"]("close")
    strong = shared.astype(int) + number + birthday
    out = np.full(len(patterns), CLASSES.index("other"))
    out[first & last & (strong == 0)] = CLASSES.index("namesake")
    out[shared & against] = CLASSES.index("household")
    out[(first | last) & (strong >= 1) & ~against] = CLASSES.index("same")
    out[(strong >= 2) & (first | last) & (column["first_name"] != 0)] = CLASSES.index("same")
    return out


def train(
    patterns: Levels, counts: Counts, rules: LinkageRules, made_from: dict[str, object], base: Model | None = None,
    known: Known | None = None, start: Model | None = None,
) -> Model:  # fmt: skip
    """Fit the model to patterns int8 [p, f] with counts int64 [p]. Deterministic.

    With `base`, EM starts from that model, and each level has BASE_PAIRS pairs of it as a prior (MAP estimate with a Dirichlet
    prior): where hardly any relative or namesake is among the pairs, their class would else take up some of the true ones
    and change its meaning. Without, it starts from plain rules, and namesakes are kept to what they share by
    chance: else people who moved may be taken for them. `start`: what EM starts from instead, in either case.

    With `known` pairs, each counts as LABEL_PAIRS pairs whose class is settled: the same person, or any of the other classes.
    They tell what levels mean in a class, not how common it is: somebody chose them.

    The provenance holds the rounds, whether it converged, the pairs it saw, the labels, and `made_from`."""
    seen, told = (counts, len(patterns)), np.zeros(0, np.bool_) if known is None else known.same
    if known is not None:
        patterns, counts = np.concatenate([patterns, known.patterns]), np.append(counts, np.full(len(told), LABEL_PAIRS))
    start = start or base
    if start is None:
        share = np.full((len(patterns), len(CLASSES)), (1 - START) / (len(CLASSES) - 1))
        share[np.arange(len(patterns)), starting_classes(patterns, rules)] = START
        share = share if known is None else _settled(np.log(share), told)
    else:
        even = Model(np.full(len(CLASSES), 1 / len(CLASSES)), start.levels, start.names, {})
        share = _settled(log_classes(even, patterns), told)
    model = _maximise(patterns, counts, share, rules, base, len(told))
    change, rounds = np.inf, 0
    for rounds in range(1, AT_MOST + 1):
        after = _maximise(patterns, counts, _settled(log_classes(model, patterns), told), rules, base, len(told))
        change = float(np.abs(after.priors - model.priors).max())
        model = after
        if change < CONVERGED and rounds >= AT_LEAST:
            break
    provenance = {
        **made_from, "method": "em" if base is None else "em from a base", "rounds": rounds, "converged": bool(change < CONVERGED),
        "last_change": change, "pairs": int(seen[0].sum()), "patterns": seen[1], "rules": rules.hash,
    }  # fmt: skip
    if known is not None:
        provenance["labels"] = {"same": int(told.sum()), "different": int((~told).sum()), "pairs_each": LABEL_PAIRS}
    return Model(model.priors, model.levels, model.names, provenance)


def fit_priors(model: Model, patterns: Levels, counts: Counts, made_from: dict[str, object]) -> Model:
    """The model with the class priors of other pairs, whose patterns int8 [p, f] occur so often; its levels stay.

    Two records of a reference are far more often one person than an account and a record are."""
    fitted, change, rounds = model, np.inf, 0
    while change >= CONVERGED and rounds < AT_MOST:
        rounds += 1
        mass = (_settled(log_classes(fitted, patterns)) * counts[:, None]).sum(axis=0) + PSEUDO_COUNT
        after = Model(mass / mass.sum(), model.levels, model.names, {})
        change = float(np.abs(after.priors - fitted.priors).max())
        fitted = after
    provenance = {
        **made_from, "method": "em of priors", "rounds": rounds, "converged": bool(change < CONVERGED), "last_change": change,
        "pairs": int(counts.sum()), "patterns": len(patterns),
    }  # fmt: skip
    return Model(fitted.priors, model.levels, model.names, provenance)


def _settled(joint: NDArray[np.float64], told: NDArray[np.bool_] | None = None) -> NDArray[np.float64]:
    """Posterior of each class per pattern from log P(class, pattern), float64 [p, 4]. `told`: whether each of the last patterns is
    the same person; the other classes share what is not."""
    first = len(joint) - (0 if told is None else len(told))
    if told is not None:
        same = CLASSES.index("same")
        joint[first:, same][~told] = -np.inf
        joint[first:][told] = np.where(np.arange(len(CLASSES)) == same, 0.0, -np.inf)
    joint -= joint.max(axis=1)[:, None]
    share: NDArray[np.float64] = np.exp(joint)
    share /= share.sum(axis=1)[:, None]
    return share


def _maximise(
    patterns: Levels, counts: Counts, share: NDArray[np.float64], rules: LinkageRules, base: Model | None, told: int
) -> Model:  # fmt: skip
    """The model that fits best; the last `told` patterns are pairs that somebody knows."""
    mass = share * counts[:, None]
    priors = mass[: len(mass) - told].sum(axis=0) + PSEUDO_COUNT
    tables = []
    for f, comparison in enumerate(rules.comparisons):
        size = len(comparison.levels)
        level = patterns[:, f]
        present = level >= 0
        found = [np.bincount(level[present], mass[present, k], minlength=size) for k in range(len(CLASSES))]
        table = np.stack(found).astype(np.float64) + PSEUDO_COUNT
        if base is not None:
            table += BASE_PAIRS * base.levels[f]
        shares = _shares(table, [level.weightless for level in comparison.levels])
        if base is None:
            _bound(shares[CLASSES.index("namesake")], list(rules.namesake[comparison.name]), rules.namesake_share)
        tables.append(shares)
    return Model(priors / priors.sum(), tuple(tables), rules.names, {})


def _shares(table: NDArray[np.float64], weightless: list[bool]) -> NDArray[np.float64]:
    """Pairs per class and level as probabilities. A weightless level gets the same one in every class.

    It always comes with a level of another comparison. Were both weighed, they would count as two findings, and EM would find
    in them a class of its own: people whose names are swapped."""
    said = np.array(weightless)
    common = table[:, said].sum(axis=0) / table.sum()
    own = np.where(said, 0.0, table)
    own *= (1 - common.sum()) / own.sum(axis=1)[:, None]
    own[:, said] = common
    return own


def _bound(shares: NDArray[np.float64], levels: list[int], most: float) -> None:
    """Let these levels of one class have no more than `most` together; the others take the rest in their proportions."""
    found = shares[levels].sum()
    if found > most:
        others = np.ones(len(shares), np.bool_)
        others[levels] = False
        shares[levels] *= most / found
        shares[others] *= (1 - most) / (1 - found)
