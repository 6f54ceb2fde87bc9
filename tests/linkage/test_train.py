"""Learning without labels: planted probabilities are found again, and neither order nor partition matters."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from skiptrace.linkage import train as training
from skiptrace.linkage.model import CLASSES, Model, weigh
from skiptrace.linkage.patterns import Tally, pack, unpack
from skiptrace.linkage.rules import LinkageRules, load
from skiptrace.linkage.train import LABEL_PAIRS, Known, fit_priors, starting_classes, train

RULES = load()
SIZES = [len(comparison.levels) for comparison in RULES.comparisons]
PRIORS = np.array([0.15, 0.1, 0.15, 0.6])
SHOWN = {  # comparisons on which a class usually shows its highest levels; elsewhere it shows the lowest
    "same": set(RULES.names),
    "household": {"last_name", "phone", "address"},
    "namesake": {"first_name", "last_name"},
    "other": set(),
}


def planted() -> Model:
    levels = []
    for comparison, size in zip(RULES.comparisons, SIZES, strict=True):
        falling, steep = (share ** np.arange(size) for share in (0.3, 0.09))
        falling, steep = falling / falling.sum(), steep / steep.sum()
        unlike = {kind: steep if kind == "namesake" and RULES.namesake[comparison.name] else falling for kind in CLASSES}
        levels.append(np.stack([falling[::-1] if comparison.name in SHOWN[kind] else unlike[kind] for kind in CLASSES]))
    return Model(PRIORS, tuple(levels), RULES.names, {})


def draw_pairs(model: Model, size: int, seed: int) -> tuple[NDArray[np.int8], NDArray[np.int64]]:
    """Comparison vectors of `size` pairs and the class each was drawn from; one level in twenty is missing."""
    draw = np.random.default_rng(seed)
    kinds = draw.choice(4, size, p=model.priors)
    out = np.empty((size, len(SIZES)), np.int8)
    for f, table in enumerate(model.levels):
        out[:, f] = (draw.random(size)[:, None] > np.cumsum(table[kinds], axis=1)).sum(axis=1)
    out = np.minimum(out, np.array(SIZES, np.int8) - 1)
    out[draw.random(out.shape) < 0.05] = -1
    return out, kinds


def count_patterns(levels: NDArray[np.int8]) -> tuple[NDArray[np.int8], NDArray[np.int64]]:
    """Distinct comparison vectors in ascending order and how often each occurs."""
    _, first, counts = np.unique(pack(levels), return_index=True, return_counts=True)
    return levels[first], counts


@pytest.fixture(scope="module")
def pairs() -> tuple[NDArray[np.int8], NDArray[np.int64]]:
    return draw_pairs(planted(), 12_000, 11)


@pytest.fixture(scope="module")
def fitted(pairs: tuple[NDArray[np.int8], NDArray[np.int64]]) -> Model:
    return train(*count_patterns(pairs[0]), RULES, {"delivery": "0123"})


def same(a: Model, b: Model) -> bool:
    return np.array_equal(a.priors, b.priors) and all(np.array_equal(x, y) for x, y in zip(a.levels, b.levels, strict=True))


def test_planted_probabilities_are_found_again(fitted: Model, pairs: tuple[NDArray[np.int8], NDArray[np.int64]]) -> None:
    drawn = np.bincount(pairs[1], minlength=4) / len(pairs[1])
    assert fitted.priors == pytest.approx(drawn, abs=0.01)
    for name, found, true in zip(RULES.names, fitted.levels, planted().levels, strict=True):
        assert np.abs(found - true).max() < 0.03, name


def test_weights_tell_the_planted_classes_apart(fitted: Model, pairs: tuple[NDArray[np.int8], NDArray[np.int64]]) -> None:
    levels, kinds = pairs
    posterior = weigh(fitted, levels).posterior
    assert (posterior.argmax(axis=1) == kinds).mean() > 0.93
    assert posterior[:, 0].mean() == pytest.approx((kinds == 0).mean(), abs=0.01)


def test_the_provenance_says_what_was_seen(fitted: Model, pairs: tuple[NDArray[np.int8], NDArray[np.int64]]) -> None:
    told = fitted.provenance
    assert (told["delivery"], told["method"], told["pairs"], told["rules"]) == ("0123", "em", 12_000, RULES.hash)
    assert told["patterns"] == len(np.unique(pairs[0], axis=0))
    assert told["converged"] is True
    assert training.AT_LEAST <= told["rounds"] < training.AT_MOST
    assert told["last_change"] < training.CONVERGED


def test_neither_order_nor_partition_matters(fitted: Model, pairs: tuple[NDArray[np.int8], NDArray[np.int64]]) -> None:
    levels = pairs[0][np.random.default_rng(5).permutation(len(pairs[0]))]
    whole = count_patterns(levels)
    tally = Tally()
    for part in np.split(levels, [10, 10, 2_000, 2_001, 9_000])[::-1]:
        tally.add(pack(part))
    codes, counts = tally.found()
    assert np.array_equal(unpack(codes, len(SIZES)), whole[0])
    assert np.array_equal(counts, whole[1])
    assert same(train(unpack(codes, len(SIZES)), counts, RULES, {}), fitted)


def test_a_level_never_seen_stops_nothing(pairs: tuple[NDArray[np.int8], NDArray[np.int64]]) -> None:
    levels = pairs[0][:3000].copy()
    gone = RULES.names.index("dob")
    levels[levels[:, gone] >= 5, gone] = 0
    levels[:, RULES.names.index("suffix")] = -1
    model = train(*count_patterns(levels), RULES, {})
    assert all((table > 0).all() and np.isfinite(table).all() for table in model.levels)
    assert model.levels[gone][:, 5:].max() < 5e-3
    never = np.array([[size - 1 for size in SIZES]], np.int8)
    assert np.isfinite(weigh(model, never).weight).all()
    for table in model.levels:
        assert table.sum(axis=1) == pytest.approx(1.0)


def test_not_converged_is_said(monkeypatch: pytest.MonkeyPatch, pairs: tuple[NDArray[np.int8], NDArray[np.int64]]) -> None:
    monkeypatch.setattr(training, "AT_MOST", 3)
    told = train(*count_patterns(pairs[0]), RULES, {}).provenance
    assert (told["rounds"], told["converged"]) == (3, False)
    assert told["last_change"] > training.CONVERGED


NOTHING = np.zeros((0, len(SIZES)), np.int8), np.zeros(0, np.int64)


def test_no_pairs_give_a_model_that_knows_nothing() -> None:
    model = train(*NOTHING, RULES, {})
    assert model.priors == pytest.approx(np.full(4, 0.25))
    assert model.provenance["pairs"] == 0


def test_a_base_holds_the_classes_that_the_pairs_do_not_show(pairs: tuple[NDArray[np.int8], NDArray[np.int64]]) -> None:
    """No relative is among the pairs: the class of relatives stays what it was and is not filled with somebody else."""
    levels, kinds = pairs
    shown = levels[(kinds == CLASSES.index("same")) | (kinds == CLASSES.index("other"))]
    model = train(*count_patterns(shown), RULES, {}, planted())
    assert model.provenance["method"] != "em"
    for name in ("household", "namesake"):
        kind = CLASSES.index(name)
        assert model.priors[kind] < 0.02
        assert max(np.abs(found[kind] - base[kind]).max() for found, base in zip(model.levels, planted().levels, strict=True)) < 0.1


def test_without_pairs_a_base_stays_as_it_was_and_with_many_it_gives_way(pairs: tuple[NDArray[np.int8], NDArray[np.int64]]) -> None:
    even = replace(planted(), levels=tuple(np.full(table.shape, 1 / table.shape[1]) for table in planted().levels))
    for base in (planted(), even):
        nothing = train(*NOTHING, RULES, {}, base)
        # PSEUDO_COUNT of each level is all that pulls at a base's levels.
        bound = max(SIZES) * training.PSEUDO_COUNT / training.BASE_PAIRS
        assert all(np.abs(a - b).max() < bound for a, b in zip(nothing.levels, base.levels, strict=True))
    turned = replace(planted(), levels=tuple(0.9 * table + 0.1 / table.shape[1] for table in planted().levels))
    learned = train(*count_patterns(pairs[0]), RULES, {}, turned)
    apart = [np.abs(found - true).max() for found, true in zip(learned.levels, planted().levels, strict=True)]
    assert max(apart) < 0.03


def test_priors_of_other_pairs_are_found_and_the_levels_stay(fitted: Model) -> None:
    """Among records of a reference one person is far more common; the levels were learned on accounts."""
    true = replace(planted(), priors=np.array([0.6, 0.1, 0.05, 0.25]))
    found = fit_priors(fitted, *count_patterns(draw_pairs(true, 8000, 3)[0]), {"as_of": "today"})
    assert found.priors == pytest.approx(true.priors, abs=0.02)
    assert all(np.array_equal(a, b) for a, b in zip(found.levels, fitted.levels, strict=True))
    told = found.provenance
    assert (told["as_of"], told["pairs"], told["converged"]) == ("today", 8000, True)
    assert told["method"] != fitted.provenance["method"]


def test_priors_depend_on_neither_the_order_of_the_pairs_nor_an_empty_set(fitted: Model) -> None:
    patterns, counts = count_patterns(draw_pairs(planted(), 2000, 3)[0])
    straight, turned = fit_priors(fitted, patterns, counts, {}), fit_priors(fitted, patterns[::-1], counts[::-1], {})
    assert turned.priors == pytest.approx(straight.priors, abs=1e-9)
    nothing = fit_priors(fitted, patterns[:0], counts[:0], {})
    assert nothing.priors == pytest.approx(np.full(4, 0.25))


def test_priors_that_do_not_settle_are_said_to(monkeypatch: pytest.MonkeyPatch, fitted: Model) -> None:
    monkeypatch.setattr(training, "AT_MOST", 2)
    true = replace(planted(), priors=np.array([0.6, 0.1, 0.05, 0.25]))
    told = fit_priors(fitted, *count_patterns(draw_pairs(true, 2000, 3)[0]), {}).provenance
    assert (told["rounds"], told["converged"]) == (2, False)


def pattern(rules: LinkageRules = RULES, **levels: str) -> list[int]:
    """A comparison vector: the levels named, the others missing."""
    return [rules.comparison(name).level(levels[name]) if name in levels else -1 for name in rules.names]


@pytest.mark.parametrize(
    ("levels", "kind"),
    [
        ({"first_name": "same_rare", "last_name": "same_rare", "ssn": "same"}, "same"),
        ({"first_name": "nickname", "last_name": "different", "phone": "same"}, "same"),
        ({"first_name": "same_rare", "last_name": "same_rare", "dob": "different", "ssn": "same", "phone": "same"}, "same"),
        ({"first_name": "different", "last_name": "same_rare", "address": "same"}, "household"),
        ({"first_name": "same_rare", "last_name": "same_rare", "address": "same", "dob": "year"}, "household"),
        ({"last_name": "same_rare", "phone": "same", "ssn": "different"}, "household"),
        ({"first_name": "same_common", "last_name": "same_common"}, "namesake"),
        ({"first_name": "same_common", "last_name": "same_common", "dob": "different", "address": "state"}, "namesake"),
        ({"first_name": "same_common", "last_name": "different"}, "other"),
        ({"dob": "same"}, "other"),
        ({}, "other"),
    ],
)  # fmt: skip
def test_training_starts_from_plain_classes(levels: dict[str, str], kind: str) -> None:
    found = starting_classes(np.array([pattern(**levels)], np.int8), RULES)
    assert CLASSES[found[0]] == kind


def test_rules_of_fewer_comparisons_train_as_well(pairs: tuple[NDArray[np.int8], NDArray[np.int64]]) -> None:
    """The model takes its shape from the rules; only the start asks for comparisons by name."""
    named = ("ssn", "dob", "first_name", "last_name", "phone", "email", "address")
    rules = replace(RULES, comparisons=tuple(RULES.comparison(name) for name in named))
    levels = pairs[0][:5000, [RULES.names.index(name) for name in named]]
    model = train(*count_patterns(levels), rules, {})
    assert model.names == named
    assert len(model.levels) == len(named)


def known_pairs(pairs: tuple[NDArray[np.int8], NDArray[np.int64]], size: int) -> Known:
    """The first pairs with the truth about them."""
    return Known(pairs[0][:size], pairs[1][:size] == CLASSES.index("same"))


def test_labels_are_counted_in_the_provenance_and_not_among_the_pairs(pairs: tuple[NDArray[np.int8], NDArray[np.int64]]) -> None:
    known = known_pairs(pairs, 50)
    told = train(*count_patterns(pairs[0]), RULES, {}, None, known).provenance
    assert told["labels"] == {"same": int(known.same.sum()), "different": int((~known.same).sum()), "pairs_each": LABEL_PAIRS}
    assert told["pairs"] == len(pairs[0])
    assert "labels" not in train(*count_patterns(pairs[0]), RULES, {}).provenance


def test_labels_alone_settle_what_a_level_means() -> None:
    """A pattern that plain rules take for a namesake is the same person where somebody says so, and the reverse."""
    shown = np.array([pattern(first_name="same_medium", last_name="same_medium")] * 2, np.int8)
    counts = np.array([40], np.int64)
    for same in (True, False):
        model = train(shown[:1], counts, RULES, {}, None, Known(shown, np.array([same] * 2)))
        first = model.levels[RULES.names.index("first_name")][:, RULES.comparison("first_name").level("same_medium")]
        without = train(shown[:1], counts, RULES, {}).levels[RULES.names.index("first_name")]
        before = without[:, RULES.comparison("first_name").level("same_medium")]
        kind = CLASSES.index("same")
        assert (first[kind] > before[kind]) if same else (first[kind] <= before[kind])


def test_labels_say_nothing_of_how_common_a_class_is(pairs: tuple[NDArray[np.int8], NDArray[np.int64]], fitted: Model) -> None:
    """Somebody who labels true pairs alone must not make true pairs look common."""
    same = pairs[1] == CLASSES.index("same")
    known = Known(pairs[0][same][:200], np.ones(min(200, int(same.sum())), np.bool_))
    model = train(*count_patterns(pairs[0]), RULES, {}, None, known)
    assert model.priors == pytest.approx(fitted.priors, abs=0.02)


def test_no_labels_are_as_good_as_none(pairs: tuple[NDArray[np.int8], NDArray[np.int64]], fitted: Model) -> None:
    empty = Known(np.zeros((0, len(SIZES)), np.int8), np.zeros(0, np.bool_))
    model = train(*count_patterns(pairs[0]), RULES, {}, None, empty)
    assert model.priors == pytest.approx(fitted.priors, abs=1e-9)


def crowd(**shown: str) -> NDArray[np.int8]:
    """One comparison vector with these levels; what is not named is missing."""
    out = np.full((1, len(SIZES)), -1, np.int8)
    for name, level in shown.items():
        out[0, RULES.names.index(name)] = RULES.comparison(name).level(level)
    return out


def test_swapped_names_are_weighed_once_and_make_no_class_of_their_own() -> None:
    """A tenth of the true pairs has its names swapped: they stay the same people, and the last name adds nothing to the first."""
    alike = crowd(first_name="same_common", last_name="same_common", dob="same", email="same")
    turned = crowd(first_name="swapped", last_name="swapped", dob="same", email="same")
    stranger = crowd(first_name="same_common", last_name="same_common", dob="different", email="different")
    other = crowd(first_name="different", last_name="different", dob="different", email="different")
    model = train(np.concatenate([alike, turned, stranger, other]), np.array([900, 100, 1000, 3000]), RULES, {})
    found = weigh(model, np.concatenate([alike, turned, stranger]))
    assert found.posterior[:, CLASSES.index("same")] == pytest.approx([1, 1, 0], abs=0.01)
    assert found.parts[1, RULES.names.index("last_name")] == pytest.approx(0, abs=1e-9)
    table = model.levels[RULES.names.index("last_name")]
    assert np.ptp(table[:, RULES.comparison("last_name").level("swapped")]) == 0
    assert table.sum(axis=1) == pytest.approx(1.0)


@pytest.mark.parametrize("most", [0.01, 0.001])
def test_namesakes_get_no_more_birthdays_than_chance_gives_them(most: float, pairs: tuple[NDArray[np.int8], NDArray[np.int64]]) -> None:
    model = train(*count_patterns(pairs[0]), replace(RULES, namesake_share=most), {})
    for name, levels in RULES.namesake.items():
        table = model.levels[RULES.names.index(name)]
        assert table.sum(axis=1) == pytest.approx(1.0)
        assert table[CLASSES.index("namesake"), list(levels)].sum() <= most + 1e-12
    assert model.levels[RULES.names.index("ssn")][CLASSES.index("same"), -1] > 0.5, "of the other classes nothing is asked"


def test_it_may_start_from_another_model_than_its_prior(fitted: Model, pairs: tuple[NDArray[np.int8], NDArray[np.int64]]) -> None:
    """Classes keep the meaning that they have where it starts: with two of them exchanged, they come out exchanged."""
    order = [CLASSES.index(kind) for kind in ("same", "household", "other", "namesake")]
    turned = Model(fitted.priors[order], tuple(table[order] for table in fitted.levels), RULES.names, {})
    rules = replace(RULES, namesake_share=1.0)
    found = train(*count_patterns(pairs[0]), rules, {}, None, None, turned)
    assert found.priors == pytest.approx(fitted.priors[order], abs=0.01)
