"""A folder of rule files → one Rulebook. Every problem of every file is reported together.

Layout: `federal/ policy/ states/<st>/ cities/<city>/ canada/` hold one rule per file; TABLES hold what rules refer to. A
rule whose cases do not come out as they say is no part of a rulebook: it is refused like one that cannot be read. The hash
is over content, not over layout: comments and white space do not change it.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from skiptrace.errors import ConfigError, Problem
from skiptrace.plugins import rules_root
from skiptrace.rulebook.engine import case_effects
from skiptrace.rulebook.fields import suggestion
from skiptrace.rulebook.model import Rule, Rulebook
from skiptrace.rulebook.reading import read_rule
from skiptrace.rulebook.reading_sources import source_limits_of
from skiptrace.rulebook.reading_tables import coverage_of, limitation_of, outcomes_of, places_of, steps_of, unenforced_of

TABLES = ("coverage.toml", "limitation.toml", "outcomes.toml", "places.toml", "sources.toml", "steps.toml", "unenforced.toml")
NEWER = ("sources.toml",)
"""Tables that came later: a rulebook that an older run kept may lack them."""


@cache
def load(folder: Path | None = None) -> Rulebook:
    """The rulebook in a folder; the shipped one where none is named. Raises ConfigError with every Problem found."""
    folder = folder or rules_root() / "compliance"
    contents = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.toml")}
    if unread := tuple(Problem(name, "", "is not UTF-8", "save it as UTF-8") for name in sorted(contents) if not _is_text(contents[name])):
        raise ConfigError(f"the contact rules have {len(unread)} problem(s)", unread)
    return from_texts(tuple((name, content.decode()) for name, content in sorted(contents.items())))


def from_texts(texts: tuple[tuple[str, str], ...], kept: bool = False) -> Rulebook:
    """The rulebook in texts, each with its path: a rulebook `kept` with a run is read back by this, and may lack NEWER tables.

    Raises ConfigError with every Problem of every text."""
    return _read(texts, kept and not set(NEWER) <= {path for path, _ in texts})


@lru_cache(maxsize=4)  # a run is read beside the rules of the day, which most often are those that it was made by
def _read(texts: tuple[tuple[str, str], ...], kept: bool) -> Rulebook:
    problems: list[Problem] = []
    parsed: dict[str, dict[str, Any]] = {}
    for path, text in sorted(texts):
        try:
            parsed[path] = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            problems.append(Problem(path, "", f"is not TOML: {error}", "correct it there"))
        except RecursionError:
            problems.append(Problem(path, "", "is nested too deeply", "no rule is"))
    for name in TABLES:
        if name not in dict(texts) and not (kept and name in NEWER):
            problems.append(Problem(name, "", "is missing", "a rulebook needs it"))
    places = places_of(parsed.get("places.toml", {}), problems)
    steps = steps_of(parsed.get("steps.toml", {}), problems)
    rules = []
    for path in sorted(set(parsed) - set(TABLES)):
        rule = read_rule(path, parsed[path], places.codes, steps, problems)
        if rule is not None:
            rules.append(rule)
    problems += _twice(parsed)
    problems += _misplaced(rules)
    problems += _failing(rules)
    outcomes, reasons, point_reasons = outcomes_of(parsed.get("outcomes.toml", {}), problems)
    requirements, covered, valid, carried = coverage_of(parsed.get("coverage.toml", {}), places.codes, problems)
    topics = {str(parsed[path].get("topic")) for path in set(parsed) - set(TABLES)}
    for requirement in requirements:
        for topic in sorted(set(requirement.topics) - topics):
            mend = suggestion(topic, topics) or "write a rule with it, or take it out"
            problems.append(Problem("coverage.toml", "require.topics", f"no rule has the topic {topic}", mend))
    limitation = limitation_of(parsed.get("limitation.toml", {}), places, problems)
    unenforced = unenforced_of(parsed.get("unenforced.toml", {}), problems)
    purpose_limits, kind_limits = source_limits_of(parsed.get("sources.toml", {}), problems)
    if problems:
        raise ConfigError(f"the contact rules have {len(problems)} problem(s)", tuple(sorted(problems)))
    return Rulebook(
        rules=tuple(sorted(rules, key=lambda rule: rule.id)),
        steps=steps,
        outcomes=outcomes,
        reasons=reasons,
        point_reasons=point_reasons,
        requirements=requirements,
        covered_channels=covered,
        valid_days=valid,
        places=places,
        limitation=limitation,
        unenforced=unenforced,
        purpose_limits=purpose_limits,
        kind_limits=kind_limits,
        files=tuple(sorted(texts)),
        hash=_hash(parsed),
        carried=carried,
    )


def _is_text(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


def _hash(parsed: Mapping[str, Mapping[str, Any]]) -> str:
    """SHA-256 of the parsed content, keys sorted."""
    text = json.dumps(parsed, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _twice(parsed: Mapping[str, Mapping[str, Any]]) -> list[Problem]:
    first: dict[str, str] = {}
    out = []
    for path in sorted(set(parsed) - set(TABLES)):
        identifier = str(parsed[path].get("id", ""))
        if identifier and first.setdefault(identifier, path) != path:
            out.append(Problem(path, "id", f"{identifier} is also the id of {first[identifier]}", "ids are unique"))
    return out


def _misplaced(rules: list[Rule]) -> list[Problem]:
    """A rule's folder and its jurisdiction must tell the same story."""
    out = []
    for rule in rules:
        home = rule.path.split("/")
        parts = rule.jurisdiction.split("-")
        wanted: tuple[str, ...] = {1: ("federal", "policy"), 2: ("states", parts[-1].lower()), 3: ("cities", parts[-1].lower())}[len(parts)]
        if parts[0] == "CA":
            parts, wanted = ["CA"], ("canada",)
        fits = home[0] in wanted if len(parts) == 1 else tuple(home[:2]) == wanted
        if not fits:
            out.append(
                Problem(
                    rule.path,
                    "jurisdiction",
                    f"{rule.jurisdiction} does not belong in this folder",
                    " or ".join(wanted) if len(parts) == 1 else "/".join(wanted),
                )
            )
    return out


def _failing(rules: list[Rule]) -> list[Problem]:
    """Cases on which file and engine disagree."""
    return [
        Problem(rule.path, f'case "{case.name}"', f"expects {case.expect}, the engine finds {found}", "correct `when`, or the case")
        for rule, case, found in case_effects(rules)
        if found != case.expect
    ]
