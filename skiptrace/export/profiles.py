"""Export profiles: TOML files that say which columns a file has, in which syntax. All problems are reported at once.

A profile is found by being in `rules/exports/`; its file name is its name. Expressions are bound to the columns of an
exportable use when the profile is read, so a slip is found before a run, not at the end of one.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path

from skiptrace.errors import ConfigError, Problem
from skiptrace.export.formats import formats
from skiptrace.export.model import Profile, ProfileColumn
from skiptrace.export.reading import read_profile
from skiptrace.plugins import rule_files


def load_profiles(files: Iterable[Path] | None = None) -> dict[str, Profile]:
    """Every profile of `rules/exports/`, or of the given TOML files, by name, sorted.

    Raises ConfigError with every problem of every file."""
    profiles: dict[str, Profile] = {}
    problems: list[Problem] = []
    for file in sorted(rule_files("exports") if files is None else files):
        profile, found = read_profile(file)
        problems += found
        if profile is not None:
            profiles[profile.name] = profile
    if problems:
        raise ConfigError("an export profile is wrong", tuple(sorted(problems)))
    return profiles


def load_profile(name: str) -> Profile:
    """One shipped profile. Raises ConfigError with a suggestion when there is none of that name, and with every problem of
    its file."""
    files = {file.stem: file for file in rule_files("exports")}
    if name not in files:
        close = get_close_matches(name, sorted(files), n=1)
        mend = f'did you mean "{close[0]}"?' if close else f"there are {', '.join(sorted(files))}"
        raise ConfigError("no such export profile", (Problem("rules/exports", name, "not found", mend),))
    return load_profiles([files[name]])[name]


__all__ = ["Profile", "ProfileColumn", "formats", "load_profile", "load_profiles"]
