"""`make audit`: what is known against each package of the lock files, asked of a package index.

The index is asked for one version at a time (`/pypi/NAME/VERSION/json`, as pypi.org answers): so a package that it does not know, or of
which it says nothing about advisories, is told apart from one without any. What was not asked, or not answered, counts as not audited, and
that fails: silence is no good news. Names and versions of packages leave, nothing else.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
import tomllib
import urllib.error
import urllib.request
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import click

from jobs.supply.locks import DEVELOPMENT, ROOT, RUN, Locked, read_lock
from skiptrace.errors import ConfigError, Problem, SkiptraceError
from skiptrace.plugins import rules_root

INDEX: Final = "https://pypi.org/pypi"
LOCKS: Final = (RUN, DEVELOPMENT, *sorted((ROOT / "deploy" / "orchestrators").glob("*.lock")))
SILENT: Final = 3
"""After so many packages in a row for which the index could not be reached, no more are asked."""
_SECONDS: Final = 20
_LARGEST: Final = 64 << 20
_GATE, _UNAUDITED = 4, 69
_LOCAL: Final = ("http://127.0.0.1:", "http://localhost:", "http://[::1]:")


class NotAudited(Exception):
    """Nothing is known of a package, not even that nothing is known against it. `reachable`: the index answered."""

    def __init__(self, why: str, *, reachable: bool = True) -> None:
        super().__init__(why)
        self.reachable = reachable


@dataclass(frozen=True, order=True)
class Advisory:
    """What is known against a version of a package: its ids, the first of them the index's own, and the versions that mend it."""

    package: str
    version: str
    ids: tuple[str, ...]
    fixed_in: tuple[str, ...]


@dataclass(frozen=True)
class Accepted:
    """An advisory that holds nothing until a day, and why."""

    id: str
    package: str
    why: str
    until: dt.date


@dataclass(frozen=True)
class Audit:
    """What became of an audit: packages asked about, advisories that count, those that are accepted, and packages not audited with why."""

    asked: int
    against: tuple[Advisory, ...]
    accepted: tuple[Advisory, ...]
    unaudited: tuple[tuple[str, str], ...]

    @property
    def exit_code(self) -> int:
        """0 where every package was audited and nothing counts against one, 4 where something does, 69 where one was not audited."""
        return _GATE if self.against else _UNAUDITED if self.unaudited or not self.asked else 0


def read_accepted(file: Path | None = None) -> tuple[Accepted, ...]:
    """What `rules/supply/advisories.toml`, or another file, accepts. Raises ConfigError for an entry that lacks a key or an argument."""
    file = file or rules_root() / "supply" / "advisories.toml"
    found, problems = [], []
    for number, entry in enumerate(tomllib.loads(file.read_text(encoding="utf-8")).get("accepted", []), 1):
        right = set(entry) == {"id", "package", "why", "until"} and type(entry["until"]) is dt.date
        if not right or not all(isinstance(entry[key], str) and entry[key] for key in ("id", "package", "why")) or len(entry["why"]) < 10:
            problems.append(Problem(file.name, f"accepted {number}", "needs id, package, why (argued) and until (a date)", "state them"))
        else:
            found.append(Accepted(**entry))
    if problems:
        raise ConfigError("accepted advisories are wrong", tuple(problems))
    return tuple(found)


def from_index(index: str) -> Callable[[Locked], list[Advisory]]:
    """A function that asks an index about one package. It raises NotAudited. Raises ConfigError for an address that is neither https nor
    this machine."""
    if not _is_safe(index):
        problem = Problem("--index", "", "is no https address", "name one, or one of this machine")
        raise ConfigError("the index is not reached safely", (problem,))

    def ask(package: Locked) -> list[Advisory]:
        address = f"{index.rstrip('/')}/{package.name}/{package.version}/json"
        request = urllib.request.Request(address, headers={"Accept": "application/json"})  # noqa: S310 # looked at above
        try:
            with urllib.request.urlopen(request, timeout=_SECONDS) as answer:  # noqa: S310 # nosec B310 # https, or this machine
                if not _is_safe(answer.geturl()):
                    raise NotAudited("the index sends elsewhere, and not safely")
                content = json.loads(answer.read(_LARGEST))
        except urllib.error.HTTPError as error:
            why = "the index does not know this version" if error.code == 404 else f"the index answered {error.code}"
            raise NotAudited(why) from None
        except ValueError:
            raise NotAudited("the index answered with what is no JSON") from None
        except OSError:
            raise NotAudited("the index cannot be reached", reachable=False) from None
        return told(package, content)

    return ask


def _is_safe(address: str) -> bool:
    return address.startswith(("https://", *_LOCAL))


def told(package: Locked, content: object) -> list[Advisory]:
    """Advisories in an index's answer. Raises NotAudited where it is about another version or says nothing of advisories."""
    info = content.get("info") if isinstance(content, dict) else None
    if not isinstance(content, dict) or not isinstance(info, dict) or info.get("version") != package.version:
        raise NotAudited("the index answered about something else")
    entries = content.get("vulnerabilities")
    if not isinstance(entries, list) or not all(isinstance(entry, dict) and entry.get("id") for entry in entries):
        raise NotAudited("the index says nothing about advisories")
    return [_advisory(package, entry) for entry in entries if not entry.get("withdrawn")]


def _advisory(package: Locked, entry: Mapping[str, Any]) -> Advisory:
    ids = dict.fromkeys([entry["id"], *(entry.get("aliases") or [])])
    return Advisory(package.name, package.version, tuple(map(str, ids)), tuple(map(str, entry.get("fixed_in") or [])))


def audit(
    packages: Iterable[Locked], ask: Callable[[Locked], list[Advisory]], accepted: Collection[Accepted], today: dt.date
) -> Audit:
    """Ask about every package once, whichever locks it is in."""
    distinct = sorted({(one.name, one.version): one for one in packages}.values(), key=lambda one: (one.name, one.version))
    against, fine, unaudited, silent = list[Advisory](), list[Advisory](), list[tuple[str, str]](), 0
    for package in distinct:
        name = f"{package.name} {package.version}"
        if silent >= SILENT:
            unaudited.append((name, "was not asked about: the index cannot be reached"))
            continue
        try:
            found = ask(package)
        except NotAudited as error:
            unaudited.append((name, str(error)))
            silent = 0 if error.reachable else silent + 1
            continue
        silent = 0
        for one in found:
            (fine if _is_accepted(one, accepted, today) else against).append(one)
    return Audit(len(distinct), tuple(sorted(against)), tuple(sorted(fine)), tuple(unaudited))


def _is_accepted(advisory: Advisory, accepted: Collection[Accepted], today: dt.date) -> bool:
    return any(one.package == advisory.package and one.id in advisory.ids and today <= one.until for one in accepted)


def lines(found: Audit) -> list[str]:
    """What an audit says, for a person."""
    said = [
        f"{one.package} {one.version}: {', '.join(one.ids)}; mended in {', '.join(one.fixed_in) or 'no version'}" for one in found.against
    ]
    said += [f"{one.package} {one.version}: {one.ids[0]}, accepted" for one in found.accepted]
    said += [f"{name}: not audited: {why}" for name, why in found.unaudited]
    audited = found.asked - len(found.unaudited)
    said.append(f"{audited} of {found.asked} packages audited, {len(found.against)} advisories against them")
    return said


@click.command()
@click.argument("locks", nargs=-1, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--index", default=INDEX, show_default=True, help="Where advisories are asked for.")
@click.option("--accepted", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="A file instead of the shipped one.")
def main(locks: tuple[Path, ...], index: str, accepted: Path | None) -> None:
    """Ask an index what is known against the packages of LOCKS (all of the project's): exit 0 where each was audited and is fine, 4 where
    something is known, 69 where one could not be audited."""
    try:
        packages = [package for lock in locks or LOCKS for package in read_lock(lock)]
        found = audit(packages, from_index(index), read_accepted(accepted), dt.datetime.now(dt.UTC).date())
    except SkiptraceError as error:
        click.echo(str(error), err=True)
        sys.exit(error.exit_code)
    for line in lines(found):
        click.echo(line)
    sys.exit(found.exit_code)


if __name__ == "__main__":
    main()
