"""Finite sets of digit sequences as diagrams: what a regular expression over digits accepts, made for comparing.

A node says whether a sequence may end here, and which node each of the ten digits leads to. Equal nodes are made once,
so two sets are the same exactly when they are the same node, whatever expressions they were read from.
"""

from __future__ import annotations

import re
from collections.abc import Iterable


class Diagrams:
    """Sets of digit sequences as nodes, equal sets as equal numbers. 0 is the empty set, 1 holds the empty sequence."""

    def __init__(self) -> None:
        self._nodes: list[tuple[bool, tuple[int, ...]]] = []
        self._ids: dict[tuple[bool, tuple[int, ...]], int] = {}
        self._joined: dict[tuple[str, int, int], int] = {}
        self._make(False, [0] * 10)
        self._make(True, [0] * 10)

    def accepts(self, node: int) -> bool:
        """Whether a sequence may end at the node."""
        return self._nodes[node][0]

    def after(self, node: int) -> tuple[int, ...]:
        """The node that each digit leads to."""
        return self._nodes[node][1]

    def _make(self, accepts: bool, after: Iterable[int]) -> int:
        key = (accepts, tuple(after))
        if key not in self._ids:
            self._ids[key] = len(self._nodes)
            self._nodes.append(key)
        return self._ids[key]

    def union(self, one: int, other: int) -> int:
        """Sequences of either set."""
        if one == other or not other:
            return one
        if not one:
            return other
        key = ("union", min(one, other), max(one, other))
        if key not in self._joined:
            pairs = zip(self.after(one), self.after(other), strict=True)
            accepts = self.accepts(one) or self.accepts(other)
            self._joined[key] = self._make(accepts, [self.union(*pair) for pair in pairs])
        return self._joined[key]

    def followed(self, one: int, other: int) -> int:
        """Sequences of `one`, each followed by one of `other`."""
        if not one or not other:
            return 0
        key = ("followed", one, other)
        if key not in self._joined:
            longer = self._make(False, [self.followed(node, other) for node in self.after(one)])
            self._joined[key] = self.union(longer, other) if self.accepts(one) else longer
        return self._joined[key]

    def begun(self, node: int, length: int) -> int:
        """Sequences of a length that begin with one of the set."""
        key = ("begun", node, length)
        if key not in self._joined:
            if not node or not length:
                made = int(self.accepts(node))
            else:
                after = (1,) * 10 if self.accepts(node) else self.after(node)
                made = self._make(False, [self.begun(each, length - 1) for each in after])
            self._joined[key] = made
        return self._joined[key]

    def read(self, pattern: str) -> int:
        """The set that a pattern accepts. Raises ValueError on what is beyond digits, \\d, [ ], ( ), |, ? and { }."""
        node, end = self._choices(pattern, 0)
        if end < len(pattern):
            raise ValueError(f"a pattern of the phone library is not understood at {end}")
        return node

    def _choices(self, pattern: str, at: int) -> tuple[int, int]:
        node, at = self._sequence(pattern, at)
        while pattern[at : at + 1] == "|":
            other, at = self._sequence(pattern, at + 1)
            node = self.union(node, other)
        return node, at

    def _sequence(self, pattern: str, at: int) -> tuple[int, int]:
        node = 1
        while at < len(pattern) and pattern[at] not in "|)":
            item, at = self._item(pattern, at)
            times = re.compile(r"\?|\{(\d+)(?:,(\d+))?\}|").match(pattern, at)
            if times is not None and times[0]:
                at = times.end()
                least, most = (0, 1) if times[0] == "?" else (int(times[1]), int(times[2] or times[1]))
                for repeat in range(most):
                    node = self.followed(node, item if repeat < least else self.union(1, item))
            else:
                node = self.followed(node, item)
        return node, at

    def _item(self, pattern: str, at: int) -> tuple[int, int]:
        opened = re.compile(r"\((?:\?:)?").match(pattern, at)
        if opened:
            node, at = self._choices(pattern, opened.end())
            if pattern[at : at + 1] != ")":
                raise ValueError(f"a pattern of the phone library is not understood at {at}")
            return node, at + 1
        found = re.compile(r"\[([\d-]+)\]|\\d|\d").match(pattern, at)
        if not found:
            raise ValueError(f"a pattern of the phone library is not understood at {at}")
        chosen = re.compile(f"[{found[1]}]" if found[1] else found[0])
        return self._make(False, [int(bool(chosen.match(str(digit)))) for digit in range(10)]), found.end()
