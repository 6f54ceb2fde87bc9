"""Labels of sequences of token classes: the exact best path of a linear-chain CRF, each distinct sequence decoded once.

The score of label y at position t is

    own[class(t), y] + after[class(t - 1), y] + before[class(t + 1), y] + edges

where `own`, `after` and `before` are what a token's features weigh for itself, for the token behind it and for the
token in front of it, and `edges` are weights of being first, last, behind the first and in front of the last. A path's
score is the sum of these and of the transitions between neighbours; Viterbi's recursion finds the best path, the first
label winning where two are equal.

**Why this equals the library.** The library adds the same weights in another order, so sums may differ in their last
bits, and only a choice between paths that are nearly equal could turn out otherwise. `margins` is the exact distance of
the best path to the second best: those diverge for the last time at some position of the best path, and there the
second lost by that distance. So it is the least gap, over the positions of the best path, between the predecessor that
won and the next. Rounding is below 1e-10 for any line of fewer than 10,000 tokens (weights below 20, about 40 terms a
token); a sequence whose margin is not above `SAFE_MARGIN` is left to the library.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from skiptrace.kernels.compiling import Whole, compiled, compiled_into
from skiptrace.kernels.interning import Table, has_room, intern
from skiptrace.kernels.tokenise import Tokens

_Scores = npt.NDArray[np.float64]

SAFE_MARGIN = 1e-6
FOR_LIBRARY = -1
NO_TOKENS = -2
LONGEST_SEQUENCE = 10_000
"""Tokens of the longest line that is read here; the library reads longer ones."""


class Weights(NamedTuple):
    """The model: vectors of one weight per label for each class, the edges, and transitions[label before, label].

    `edges` rows: first token, last token, token behind the first, token in front of the last. Labels that only fill the
    vectors up to a multiple of four weigh -1e6 in `own`, so that no best path takes them.
    """

    own: _Scores
    after: _Scores
    before: _Scores
    edges: _Scores
    transitions: _Scores


def score_plain(weights: Weights, classes: npt.NDArray[np.int16]) -> _Scores:
    """Scores[position, label] of one sequence of classes."""
    scores = weights.own[classes].copy()
    scores[1:] += weights.after[classes[:-1]]
    scores[:-1] += weights.before[classes[1:]]
    scores[0] += weights.edges[0]
    scores[-1] += weights.edges[1]
    if len(classes) > 1:
        scores[1] += weights.edges[2]
        scores[-2] += weights.edges[3]
    return scores


def decode_plain(weights: Weights, classes: npt.NDArray[np.int16]) -> list[int]:
    """The best path of one sequence by the textbook recursion: what `decode` must equal."""
    scores = score_plain(weights, classes)
    reached, came_from = scores[0], []
    for here in scores[1:]:
        through = reached[:, None] + weights.transitions
        came_from.append(through.argmax(axis=0))
        reached = through.max(axis=0) + here
    path = [int(reached.argmax())]
    for choice in reversed(came_from):
        path.append(int(choice[path[-1]]))
    return path[::-1]


@compiled
def sequences(
    tokens: Tokens, first: Whole, last: Whole, class_of: npt.NDArray[np.int16], table: Table, rows: npt.NDArray[np.int32]
) -> Whole:
    """Intern the class sequence of each row of `tokens` from `first` to `last` in `table`; its entry goes to `rows`.

    FOR_LIBRARY for rows without a class sequence (a word of class -1, too many tokens), NO_TOKENS for those without
    tokens. Returns the row where it stopped: `last`, or one for which `table` has no room.
    """
    classes = np.empty(LONGEST_SEQUENCE, np.int16)
    for row in range(first, last):
        count = np.int64(tokens.counts[row])
        if count <= 0:
            rows[row] = NO_TOKENS if count == 0 else FOR_LIBRARY
            continue
        rows[row] = FOR_LIBRARY
        if count > LONGEST_SEQUENCE:
            continue
        if not has_room(table, 1, count):
            return row
        start = tokens.rows[row]
        known = True
        for at in range(count):
            found = class_of[tokens.words[start + at]]
            classes[at] = found
            known = known and found >= 0
        if known:
            rows[row] = intern(table, classes, 0, count)
    return last


@compiled
def decode(weights: Weights, table: Table, first: Whole, last: Whole, labels: npt.NDArray[np.uint8], margins: _Scores) -> None:
    """Decode the entries `first` to `last` of `table`: the label of each element goes to the same place of `labels`.

    margins float64[last - first]: distance of the best to the second-best path.
    """
    own, after, before, edges, transitions = weights
    starts, contents = table.starts, table.contents
    width = transitions.shape[0]
    most, least = np.empty(width), np.empty(width)
    for source in range(width):
        most[source] = transitions[source].max()
        least[source] = transitions[source].min()
    longest = np.int64(0)
    for entry in range(first, last):
        longest = max(longest, starts[entry + 1] - starts[entry])
    reached, here = np.empty((longest, width)), np.empty(width)
    for entry in range(first, last):
        start = starts[entry]
        count = starts[entry + 1] - start
        for at in range(count):
            if at == 0:
                for label in range(width):
                    here[label] = 0.0
            else:
                _step(reached, at - 1, transitions, most, least, here)
            this = np.int64(contents[start + at])
            behind = np.int64(contents[start + at - 1]) if at else np.int64(-1)
            ahead = np.int64(contents[start + at + 1]) if at + 1 < count else np.int64(-1)
            if behind >= 0 and ahead >= 0:
                for label in range(width):
                    reached[at, label] = here[label] + ((own[this, label] + after[behind, label]) + before[ahead, label])
            else:
                for label in range(width):
                    reached[at, label] = here[label] + own[this, label]
                    if behind >= 0:
                        reached[at, label] += after[behind, label]
                    if ahead >= 0:
                        reached[at, label] += before[ahead, label]
            if at < 2 or at >= count - 2:
                for label in range(width):
                    if at == 0:
                        reached[at, label] += edges[0, label]
                    if at == count - 1:
                        reached[at, label] += edges[1, label]
                    if at == 1:
                        reached[at, label] += edges[2, label]
                    if at == count - 2:
                        reached[at, label] += edges[3, label]
        margins[entry - first] = _walk_back(transitions, reached, count, labels, start)


@compiled_into
def _step(reached: _Scores, at: Whole, transitions: _Scores, most: _Scores, least: _Scores, here: _Scores) -> None:
    """The best score with which each label is entered from position `at`.

    A source that reaches no label as well as some other source reaches every label is passed over: it cannot win.
    """
    width = len(here)
    floor, floor2, floor3, floor4 = -1e300, -1e300, -1e300, -1e300  # four chains: one waits for each addition
    for source in range(0, width, 4):
        floor = max(floor, reached[at, source] + least[source])
        floor2 = max(floor2, reached[at, source + 1] + least[source + 1])
        floor3 = max(floor3, reached[at, source + 2] + least[source + 2])
        floor4 = max(floor4, reached[at, source + 3] + least[source + 3])
    floor = max(max(floor, floor2), max(floor3, floor4))
    for label in range(width):
        here[label] = -1e300
    for source in range(width):
        score = reached[at, source]
        if score + most[source] >= floor:
            for label in range(width):
                through = score + transitions[source, label]
                here[label] = through if through > here[label] else here[label]


@compiled_into
def _walk_back(transitions: _Scores, reached: _Scores, count: Whole, labels: npt.NDArray[np.uint8], start: Whole) -> float:
    """Write the best path; returns its distance to the second best.

    Which label a step came from is found again here, by the same sums: cheaper than noting it for labels off the path.
    """
    width = len(transitions)
    margin, chosen = 1e300, 0
    for at in range(count - 1, -1, -1):
        best, second, source = -1e300, -1e300, 0
        for label in range(width):
            through = reached[at, label]
            if at < count - 1:
                through += transitions[label, chosen]
            if through > best:
                second, best, source = best, through, label
            elif through > second:
                second = through
        margin = min(margin, best - second)
        chosen = source
        labels[start + at] = chosen
    return margin


@compiled
def name_patterns(
    table: Table, first: Whole, last: Whole, labels: npt.NDArray[np.uint8], patterns: Table, pattern_of: npt.NDArray[np.int32]
) -> Whole:
    """Intern the labels of the entries `first` to `last` of `table` in `patterns`. Returns the entry where it stopped."""
    for entry in range(first, last):
        start, stop = table.starts[entry], table.starts[entry + 1]
        if not has_room(patterns, 1, stop - start):
            return entry
        pattern_of[entry] = intern(patterns, labels, start, stop)
    return last
