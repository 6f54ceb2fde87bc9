"""The linkage rules as typed objects: blocking keys, comparisons with their levels and sentences, thresholds."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from skiptrace.errors import ConfigError, Problem
from skiptrace.ids import digest
from skiptrace.kernels.record_keys import MOST_PARTS, PART_NAMES
from skiptrace.kernels.record_levels import CLAIMS
from skiptrace.plugins import rules_root

MISSING = -1


@dataclass(frozen=True)
class Key:
    """A blocking key: all its parts must agree. With `swap` accounts also probe with first and last name exchanged. A value that too many
    records share is looked up with one of the parts of `refine` added, each in turn; of a `narrow` key few may share one. Without `among`,
    records of the reference do not look each other up by it."""

    name: str
    parts: tuple[str, ...]
    swap: bool = False
    refine: tuple[str, ...] = ()
    narrow: bool = False
    among: bool = True


@dataclass(frozen=True)
class Level:
    """One comparison level and the sentence that a person reads. A weightless one says what another comparison has said."""

    name: str
    sentence: str
    weightless: bool = False


@dataclass(frozen=True)
class Comparison:
    """A field's levels, farthest first; level numbers are positions in `levels`."""

    name: str
    levels: tuple[Level, ...]
    missing: str

    def level(self, name: str) -> int:
        """Number of the level called `name`."""
        return next(number for number, level in enumerate(self.levels) if level.name == name)

    def sentence(self, level: int) -> str:
        """The sentence of a level number; -1 is the missing one."""
        return self.missing if level == MISSING else self.levels[level].sentence


@dataclass(frozen=True)
class LinkageRules:
    """All of `rules/linkage`, with a content hash that model files carry; index files carry that of the blocking keys.

    `namesake`: per comparison the levels that namesakes reach by chance alone, together in `namesake_share` of pairs at most."""

    keys: tuple[Key, ...]
    cap: int
    narrow_cap: int
    comparisons: tuple[Comparison, ...]
    frequency: tuple[float, ...]
    similarity: dict[str, float]
    namesake: dict[str, tuple[int, ...]]
    namesake_share: float
    decision: dict[str, float]
    joined: tuple[float, ...]
    most_records: int
    person: dict[str, float]
    hash: str
    blocking_hash: str

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the comparisons, in order."""
        return tuple(comparison.name for comparison in self.comparisons)

    def comparison(self, name: str) -> Comparison:
        """The comparison called `name`."""
        return next(comparison for comparison in self.comparisons if comparison.name == name)


@cache
def load(folder: Path | None = None) -> LinkageRules:
    """Read `blocking.toml` and `comparisons.toml`. Raises ConfigError with every problem of both files at once."""
    folder = folder or rules_root() / "linkage"
    blocking = tomllib.loads((folder / "blocking.toml").read_text())
    comparing = tomllib.loads((folder / "comparisons.toml").read_text())
    problems = [
        Problem("blocking.toml", f"key {key['name']}", f"unknown part {part!r}", f"one of {', '.join(PART_NAMES)}")
        for key in blocking["key"]
        for part in (*key["parts"], *key.get("refine", ()))
        if part not in PART_NAMES
    ]
    problems += [
        Problem("blocking.toml", f"key {key['name']}", "has too many parts", f"{MOST_PARTS} at most, with one of `refine`")
        for key in blocking["key"]
        if len(key["parts"]) + bool(key.get("refine")) > MOST_PARTS
    ]
    for file, kind, found in (
        ("blocking.toml", "key", blocking["key"]),
        ("comparisons.toml", "comparison", comparing["comparison"]),
    ):
        names = [item["name"] for item in found]
        twice = [name for name in sorted(set(names)) if names.count(name) > 1]
        problems += [Problem(file, f"{kind} {name}", "stands there twice", "rename one of them") for name in twice]
    if blocking["narrow_cap"] > blocking["cap"]:
        problems.append(Problem("blocking.toml", "narrow_cap", "is larger than `cap`", "narrow keys are those that may bring less"))
    known = [comparison["name"] for comparison in comparing["comparison"]]
    for comparison in comparing["comparison"]:
        place = f"comparison {comparison['name']}"
        if not comparison["levels"] or comparison["levels"][0]["name"] != "different":
            problems.append(Problem("comparisons.toml", place, "the first level must be 'different'", "begin with it"))
        names = [level["name"] for level in comparison["levels"]]
        if sorted(names) != sorted(CLAIMS.get(comparison["name"], names)):
            wanted = ", ".join(CLAIMS[comparison["name"]])
            mend = f"they are: {wanted}"
            problems.append(Problem("comparisons.toml", place, "does not have the levels that are compared", mend))
    if known != list(CLAIMS):
        mend = f"in this order: {', '.join(CLAIMS)}"
        problems.append(Problem("comparisons.toml", "comparison", "not the comparisons that are made", mend))
    problems += [
        Problem("comparisons.toml", "namesake", f"{name} has no level {level!r}", "name levels of the comparisons above")
        for name, levels in comparing["namesake"]["levels"].items()
        for level in levels
        if level not in CLAIMS.get(name, ())
    ]
    if problems:
        raise ConfigError("the linkage rules cannot be used", tuple(problems))
    comparisons = tuple(
        Comparison(
            item["name"],
            tuple(Level(level["name"], level["sentence"], level.get("weightless", False)) for level in item["levels"]),
            item["missing"],
        )
        for item in comparing["comparison"]
    )
    by_chance = comparing["namesake"]["levels"]
    return LinkageRules(
        keys=tuple(
            Key(
                key["name"], tuple(key["parts"]), key.get("swap", False), tuple(key.get("refine", ())), key.get("narrow", False),
                key.get("among", True),
            )
            for key in blocking["key"]
        ),
        cap=blocking["cap"],
        narrow_cap=blocking["narrow_cap"],
        comparisons=comparisons,
        frequency=tuple(comparing["frequency"]["bands"]),
        similarity=dict(comparing["similarity"]),
        namesake={item.name: tuple(item.level(name) for name in by_chance.get(item.name, ())) for item in comparisons},
        namesake_share=comparing["namesake"]["at_most"],
        decision=dict(comparing["decision"]),
        joined=tuple(comparing["resolution"]["joined"]),
        most_records=comparing["resolution"]["most_records"],
        person=dict(comparing["person"]),
        hash=digest(blocking, comparing),
        blocking_hash=digest(blocking),
    )
