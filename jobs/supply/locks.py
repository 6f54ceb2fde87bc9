"""Lock files as pip-compile writes them: every package with its version, the hashes of its files, and who asked for it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from skiptrace.errors import ConfigError, Problem

ROOT: Final = Path(__file__).parents[2]
RUN: Final = ROOT / "requirements.lock"
"""What a run needs."""
DEVELOPMENT: Final = ROOT / "requirements-dev.lock"
"""The same, and what judges the code."""

_PIN: Final = re.compile(r"([A-Za-z0-9][\w.-]*)==([^\s;]+)(?: ; ([^\\]+?))? \\")
_HASH: Final = re.compile(r"--hash=sha256:([0-9a-f]{64})(?: \\)?")
_MEND: Final = "write it anew: make lock"


@dataclass(frozen=True)
class Locked:
    """A package of a lock file: its name as an index spells it, its version, the SHA-256 of each file that may be installed, the names of
    the packages that asked for it (`skiptrace` is the project itself), and the marker that says where, empty for everywhere."""

    name: str
    version: str
    hashes: tuple[str, ...]
    wanted_by: tuple[str, ...] = ()
    marker: str = ""

    @property
    def purl(self) -> str:
        """Its address among all packages of the world, as bills of materials write it."""
        return f"pkg:pypi/{self.name}@{self.version}"


def canonical(name: str) -> str:
    """A package's name as an index spells it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def read_lock(file: Path) -> tuple[Locked, ...]:
    """Every package of a lock file, sorted by name. Raises ConfigError for a line that is none of a lock, for a package without a hash,
    and for one that stands there twice."""
    found: dict[str, Locked] = {}
    problems: list[Problem] = []
    for number, name, version, marker, rest in _blocks(file, problems):
        hashes = tuple(sorted(_HASH.findall(rest)))
        if not hashes:
            problems.append(Problem(file.name, f"line {number}", f"{name} has no hash", _MEND))
        if name in found:
            problems.append(Problem(file.name, f"line {number}", f"{name} stands there twice", _MEND))
        found[name] = Locked(name, version, hashes, _askers(rest), marker)
    if not found and not problems:
        problems.append(Problem(file.name, "", "names no package", _MEND))
    if problems:
        raise ConfigError("a lock file is wrong", tuple(problems))
    return tuple(found[name] for name in sorted(found))


def _blocks(file: Path, problems: list[Problem]) -> list[tuple[int, str, str, str, str]]:
    """Line, name, version, marker and the lines that follow, of each package."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except OSError:
        problems.append(Problem(file.name, "", "cannot be read", _MEND))
        return []
    found: list[tuple[int, str, str, str, str]] = []
    for number, line in enumerate(lines, 1):
        if not line.strip() or (line.startswith("#") and not found):
            continue
        if pin := _PIN.fullmatch(line):
            found.append((number, canonical(pin[1]), pin[2], (pin[3] or "").strip(), ""))
        elif found and (_HASH.fullmatch(line.strip()) or line.lstrip().startswith("#")):
            found[-1] = (*found[-1][:4], f"{found[-1][4]}{line}\n")
        else:
            problems.append(Problem(file.name, f"line {number}", "is no pinned package, no hash and no comment", _MEND))
    return found


def _askers(rest: str) -> tuple[str, ...]:
    """The names below `# via`. A source of ours stands there as `skiptrace (pyproject.toml)`; files of constraints ask for nothing."""
    comments = [line.strip().removeprefix("#").strip() for line in rest.splitlines() if line.lstrip().startswith("#")]
    words = [comment.removeprefix("via").strip() for comment in comments]
    names = {canonical(re.split(r"[ (]", word)[0]) for word in words if word and not word.startswith("-c ")}
    return tuple(sorted(names))
