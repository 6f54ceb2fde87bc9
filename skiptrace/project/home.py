"""Where what a project leaves lies: its own folder, or the place on an object store that `[runtime] store` names."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping

from skiptrace.project.overlay import overlay
from skiptrace.store.objects import ObjectPath
from skiptrace.store.places import Place, place_of

FILE_NAME = "skiptrace.toml"
PRIVATE = ".skiptrace"
"""The folder of what later runs reuse, beside the runs."""


def home_of(folder: Place | str, environ: Mapping[str, str] = os.environ) -> Place:
    """The place of a project's runs and of what they reuse, from its folder, its project file, or that place itself.

    A project file that cannot be read names no store: whoever needs the file itself says what is wrong with it."""
    place = place_of(folder)
    if isinstance(place, ObjectPath):
        return place
    file = place / FILE_NAME if place.is_dir() else place
    try:
        raw = tomllib.loads(file.read_bytes().decode("utf-8"))
    except (OSError, ValueError, RecursionError):
        raw = {}
    overlay(raw, environ)
    runtime = raw.get("runtime")
    store = runtime.get("store") if isinstance(runtime, dict) else None
    if isinstance(store, str) and store:
        return place_of(store)
    return file.parent
