"""The licence of every locked package, as its own metadata states it, judged by `rules/supply/licences.toml`.

A licence is an SPDX expression. What metadata leaves open (no word, or "BSD") is settled in that file with the text it was read from; a
licence that is not on its list of allowed ones needs an argument there. Anything else fails: an unknown licence is no permission.
"""

from __future__ import annotations

import importlib.metadata
import sys
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from license_expression import ExpressionError, Licensing

from jobs.supply.locks import DEVELOPMENT, ROOT, RUN, Locked, read_lock
from skiptrace.errors import ConfigError, Problem
from skiptrace.plugins import rules_root

PAGE: Final = ROOT / "docs" / "reference" / "licences.md"
_FILE: Final = "supply/licences.toml"
_SPDX: Final = Licensing()
_CLASSIFIER: Final = "License :: OSI Approved :: "


@dataclass(frozen=True)
class Policy:
    """What `licences.toml` says: allowed identifiers with why; what words of metadata mean; packages whose licence was read from their own
    text, with which; packages that may stay under a licence that is not allowed otherwise, with the argument."""

    allowed: Mapping[str, str]
    words: Mapping[str, str]
    read: Mapping[str, tuple[str, str]]
    exceptions: Mapping[str, tuple[str, str]]


@dataclass(frozen=True)
class Licensed:
    """A locked package with its licence; `why` is the argument of an exception, `source` where the licence was read."""

    package: Locked
    licence: str
    source: str
    why: str = ""


def read_policy(file: Path | None = None) -> Policy:
    """The policy of a file, or the shipped one. Raises ConfigError where a key is missing or an argument is too short to be one."""
    file = file or rules_root() / _FILE
    content = tomllib.loads(file.read_text(encoding="utf-8"))
    problems = [Problem(file.name, key, "is missing", "see the other entries") for key in ("allowed", "words") if key not in content]
    tables: dict[str, dict[str, tuple[str, str]]] = {}
    for kind in ("read", "exception"):
        tables[kind] = {}
        for entry in content.get(kind, []):
            said = _entry(entry, "from" if kind == "read" else "why")
            if said is None:
                place = f"{kind} {entry.get('package', '')}"
                problems.append(Problem(file.name, place, "needs package, licence and its reason", "state them"))
            else:
                tables[kind][entry["package"]] = said
    problems += [
        Problem(file.name, f"allowed.{name}", "says not why", "argue it")
        for name, why in content.get("allowed", {}).items()
        if len(why) < 10
    ]
    if problems:
        raise ConfigError("the policy of licences is wrong", tuple(problems))
    return Policy(content["allowed"], content["words"], tables["read"], tables["exception"])


def _entry(entry: Mapping[str, Any], reason: str) -> tuple[str, str] | None:
    values = [entry.get(key) for key in ("package", "licence", reason)]
    if set(entry) != {"package", "licence", reason} or not all(isinstance(value, str) and len(value) > 1 for value in values):
        return None
    return (entry["licence"], entry[reason]) if len(entry[reason]) >= 10 else None


def is_allowed(expression: str, allowed: Collection[str]) -> bool:
    """Whether an SPDX expression can be met by allowed identifiers alone. `A WITH B` is one identifier. Raises ValueError for a text that
    is no expression."""
    try:
        tree = _SPDX.parse(expression)
    except ExpressionError:
        tree = None
    if tree is None:
        raise ValueError("is no SPDX expression")
    return _met(tree, allowed)


def _met(node: Any, allowed: Collection[str]) -> bool:
    if isinstance(node, _SPDX.OR):
        return any(_met(one, allowed) for one in node.args)
    if isinstance(node, _SPDX.AND):
        return all(_met(one, allowed) for one in node.args)
    return node.render() in allowed


def stated(metadata: Mapping[str, Any], classifiers: Collection[str], policy: Policy) -> tuple[str, str] | None:
    """Licence and the field that states it, None where metadata leaves it open: `License-Expression`, a `License` whose text is an allowed
    identifier or a word of the policy, or a single classifier that is a word of it."""
    if expression := metadata.get("License-Expression"):
        return str(expression), "License-Expression"
    word = str(metadata.get("License") or "").strip()
    if word in policy.allowed or word in policy.words:
        return policy.words.get(word, word), "License"
    named = sorted({text.removeprefix(_CLASSIFIER) for text in classifiers if text.startswith(_CLASSIFIER)})
    if len(named) == 1 and named[0] in policy.words:
        return policy.words[named[0]], "classifier"
    return None


def licensed(packages: Collection[Locked], policy: Policy, *, whole: bool = True) -> list[Licensed]:
    """Every package with its licence. Raises ConfigError with each one that is not installed in its locked version, whose licence nobody
    states, or is not allowed, and, where these packages are the whole lock, with each entry of the policy that none of them needs."""
    found: list[Licensed] = []
    problems: list[Problem] = []
    for package in packages:
        try:
            found.append(_licensed(package, policy))
        except ValueError as error:
            problems.append(Problem(_FILE, package.name, str(error), "read its licence, and say so there"))
    problems += _superfluous(found, policy) if whole else ()
    if problems:
        raise ConfigError("licences of packages are open", tuple(sorted(problems)))
    return found


def _licensed(package: Locked, policy: Policy) -> Licensed:
    """The licence of one package. Raises ValueError with what is open."""
    try:
        metadata = importlib.metadata.metadata(package.name)
    except importlib.metadata.PackageNotFoundError:
        raise ValueError("is not installed, so nobody can say its licence") from None
    if metadata["Version"] != package.version:
        raise ValueError(f"is locked as {package.version} and installed as {metadata['Version']}")
    fields = {key: metadata[key] for key in ("License-Expression", "License") if key in metadata}
    said = stated(fields, metadata.get_all("Classifier") or [], policy) or policy.read.get(package.name)
    if said is None:
        raise ValueError("states no licence that is known")
    licence, source = said
    if is_allowed(licence, policy.allowed):
        return Licensed(package, licence, source)
    if policy.exceptions.get(package.name, ("",))[0] != licence:
        raise ValueError(f"is under {licence}, which is not allowed")
    return Licensed(package, licence, source, policy.exceptions[package.name][1])


def _superfluous(found: Collection[Licensed], policy: Policy) -> Iterator[Problem]:
    used = {one.package.name for one in found if one.why} | {one.package.name for one in found if one.source not in _FIELDS}
    for name in sorted({*policy.read, *policy.exceptions} - used):
        yield Problem(_FILE, name, "is needed by no locked package any more", "remove the entry")


_FIELDS: Final = ("License-Expression", "License", "classifier")


def page(found: Collection[Licensed], run: Collection[str], policy: Policy) -> str:
    """docs/reference/licences.md: every package with its licence and whether a run needs it, then allowed licences and exceptions."""
    lines = [
        "# Licences of locked packages", "",
        "Made by `make licences` from what the locked packages state of themselves and `rules/supply/licences.toml`, which settles what",
        "they leave open. A licence that is unknown, or not allowed and not argued, fails. Not here: what the examples in",
        "`deploy/orchestrators` bring: locks of their own, which no other target installs.", "",
        "| Package | Version | Licence | Needed by | Stated in |", "|---|---|---|---|---|",
    ]  # fmt: skip
    for one in found:
        where = "a run" if one.package.name in run else "extras, tests"
        lines.append(f"| {one.package.name} | {one.package.version} | {one.licence} | {where} | {one.source} |")
    lines += ["", "## Allowed", "", "| Licence | Why |", "|---|---|"]
    lines += [f"| {name} | {why} |" for name, why in sorted(policy.allowed.items())]
    lines += ["", "## Exceptions", "", "| Package | Licence | Why it may stay |", "|---|---|---|"]
    lines += [f"| {one.package.name} | {one.licence} | {one.why} |" for one in found if one.why]
    return "\n".join(lines) + "\n"


def made() -> str:
    """The page of the packages that are locked and installed now. Raises ConfigError where a licence is open."""
    policy = read_policy()
    return page(licensed(read_lock(DEVELOPMENT), policy), {package.name for package in read_lock(RUN)}, policy)


def main() -> int:
    """Write the page; exit code 2, with every open licence, where one is."""
    try:
        text = made()
    except ConfigError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    PAGE.write_text(text, encoding="utf-8")
    sys.stdout.write(f"{text.split('## Allowed')[0].count(chr(10) + '| ') - 1} packages: every licence is known and allowed\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
