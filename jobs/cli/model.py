"""`skiptrace model`: the match model that the project's runs share."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from jobs.cli.frame import State, project_folder, subcommand
from jobs.cli.output import paragraph, show, show_json, show_table
from skiptrace.errors import ConfigError, DataRefused, Problem


@click.group("model")
def command() -> None:
    """Show the match model."""


@subcommand("show")
@click.pass_obj
def _show(state: State) -> None:
    """Show the stored match model: where it comes from, and how often each level of agreement occurs in each class."""
    folder = project_folder(state)
    from jobs.models import current_key, model_file
    from skiptrace.linkage.model import CLASSES

    private = folder / ".skiptrace"
    key = current_key(private)
    if key is None:
        problem = Problem(".skiptrace/models", "", "no model is stored", "the first `skiptrace run` trains one")
        raise ConfigError("the project has no match model yet", (problem,))
    content = _read(model_file(private, key))
    if state.json:
        show_json({"key": key, **content})
        return
    show(f"match model {key}")
    for name, value in sorted(content["provenance"].items()):
        paragraph(f"{name}: {value}", 2)
    show()
    classes = [*(name for name in CLASSES if name in content["priors"])]
    show_table(("share of candidate pairs", *classes), [("", *(_percent(content["priors"][name]) for name in classes))])
    show()
    show_table(("comparison", "level", *classes), _levels(content["comparisons"], classes))


def _read(file: Path) -> dict[str, Any]:
    from skiptrace.store.commit import read_json

    try:
        return read_json(file)
    except (OSError, ValueError):
        problem = Problem(file.name, "", "is missing or damaged", "restore it from a backup, or start a new project")
        raise DataRefused("the match model cannot be read", (problem,)) from None


def _levels(comparisons: dict[str, dict[str, list[float]]], classes: list[str]) -> list[tuple[str, ...]]:
    """One row per comparison level, in the order in which comparisons are weighed, the closest level first."""
    from skiptrace.linkage.rules import load

    known = {comparison.name: [level.name for level in comparison.levels] for comparison in load().comparisons}
    rows = []
    for name in [
        *(name for name in known if name in comparisons),
        *(name for name in comparisons if name not in known),
    ]:
        table = comparisons[name]
        size = len(table[classes[0]])
        levels = known[name] if len(known.get(name, ())) == size else [str(number) for number in range(size)]
        rows += [(name, levels[n], *(_percent(table[kind][n]) for kind in classes)) for n in reversed(range(size))]
    return rows


def _percent(share: float) -> str:
    return f"{share * 100:.3f} %"


command.add_command(_show)
