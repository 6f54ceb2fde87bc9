"""Which version of the schema a project was written by: a small file for each version that wrote to it, put if absent.

A program reads what earlier versions wrote, and `skiptrace migrate` gives it the present form. What a later version wrote it refuses,
for it cannot know what it would lose.
"""

from __future__ import annotations

import re

from skiptrace.errors import ConfigError, Problem
from skiptrace.project import PRIVATE
from skiptrace.schema import SCHEMA_VERSION
from skiptrace.store.commit import put_bytes, with_digest
from skiptrace.store.permissions import private_folder
from skiptrace.store.places import Place, entries

FOLDER = "schema"
_NAME = re.compile(r"version-([0-9]{1,6})\.json")


def newest(private: Place) -> int:
    """The latest version that wrote to a project; 0 where none has said so, which the first one did not."""
    return max((int(found[1]) for place in entries(private / FOLDER) if (found := _NAME.fullmatch(place.name))), default=0)


def refuse_newer(private: Place) -> None:
    """Raise ConfigError (exit 2) where a later version of the program wrote to the project."""
    if newest(private) > SCHEMA_VERSION:
        raise refusal(f"{PRIVATE}/{FOLDER}", newest(private))


def refusal(where: str, version: int) -> ConfigError:
    """The error for something of a later version of the schema."""
    what = f"is of schema version {version}, and this program knows versions up to {SCHEMA_VERSION}"
    return ConfigError("a later version of the program wrote this", (Problem(where, "schema_version", what, "install that version of it"),))


def note(private: Place) -> None:
    """Take note that this version writes to the project. Doing it twice changes nothing."""
    place = private_folder(private_folder(private) / FOLDER) / f"version-{SCHEMA_VERSION}.json"
    if not place.is_file():
        put_bytes(place, with_digest({"schema_version": SCHEMA_VERSION}))
