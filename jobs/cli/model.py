"""`skiptrace model`: what the project's runs share, shown and learned anew: the match model, and the scorecards of reachability
(`model_reach`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from jobs.cli.frame import State, project_folder, subcommand
from jobs.cli.model_reach import show_learned, told, train_reach
from jobs.cli.output import paragraph, say, show, show_json, show_table
from jobs.cli.progress import watched
from skiptrace.errors import ConfigError, DataRefused, Problem

if TYPE_CHECKING:
    from skiptrace.store.places import Place

PARTS = {
    "records": "an account with one record",
    "reference": "two records of the reference, with the levels of the first",
    "persons": "an account with a whole person, by the closest agreement of the person's records",
}


@click.group("model")
def command() -> None:
    """Show the match model and the learned scorecards, or learn them anew."""


@subcommand("show")
@click.pass_obj
def _show(state: State) -> None:
    """Show the stored match model (where it comes from, how often each level of agreement occurs in each class) and the learned
    scorecards."""
    folder = project_folder(state)
    from jobs import reach_models
    from jobs.models import current_key, model_file
    from skiptrace.linkage.model import CLASSES
    from skiptrace.project import PRIVATE, home_of

    private = home_of(folder) / PRIVATE
    key = current_key(private)
    if key is None:
        problem = Problem(".skiptrace/models", "", "no model is stored", "the first `skiptrace run` trains one")
        raise ConfigError("the project has no match model yet", (problem,))
    content = _read(model_file(private, key))
    reach = reach_models.current_key(private)
    learned = None if reach is None else reach_models.read(reach_models.model_file(private, reach))
    if state.json:
        show_json({"key": key, **content, "reach": None if learned is None else {"key": reach, **told(learned)}})
        return
    show(f"match model {key}")
    for part, meaning in PARTS.items():
        paragraph(f"{part}: {meaning}", 2)
        for name, value in sorted(content[part]["provenance"].items()):
            paragraph(f"{name}: {_told(value)}", 4)
    show()
    rows = [(part, *(_percent(content[part]["priors"][kind]) for kind in CLASSES)) for part in PARTS]
    show_table(("share of candidate pairs", *CLASSES), rows)
    for part in ("records", "persons"):
        show()
        show(f"{part}: {PARTS[part]}")
        show_table(("comparison", "level", *CLASSES), _levels(content[part]["comparisons"], CLASSES))
    show()
    if learned is None:
        show("scorecards: the shipped ones; `skiptrace model train-reach` learns from outcomes")
    else:
        show(f"scorecards {reach}")
        show_learned(learned)


@subcommand("train-match")
@click.option("--labels", type=click.Path(path_type=Path), metavar="FILE",
              help="Pairs that somebody knows, Parquet or CSV: account_id, source, record_id and same (true or false).")  # fmt: skip
@click.option("--reviewed", is_flag=True, help="Set it right by the answers to `skiptrace review`: how common the same person is.")
@click.option("--scheduler", metavar="ADDR", help="auto, sync, threads, processes, or an address such as tls://host:8786.")
@click.pass_obj
def _train(state: State, labels: Path | None, reviewed: bool, scheduler: str | None) -> None:
    """Learn the match model from the current deliveries and use it from the next run on; the model before it is kept."""
    folder = project_folder(state)
    from jobs.models import current_key
    from jobs.pipeline import Options
    from jobs.train_match import train_match
    from skiptrace.project import PRIVATE, home_of

    known = None
    if labels is not None:
        from jobs.labels import read_labels

        known = read_labels(labels)
    before, answers = current_key(home_of(folder) / PRIVATE), None
    if reviewed:
        from jobs.review import recalibrated

        answers = recalibrated.answers(home_of(folder) / PRIVATE)
    with watched(state) as observe:
        file = train_match(folder, Options(scheduler=scheduler, exports=False), observe, known, answers)
    content, key = _read(file), current_key(home_of(folder) / PRIVATE)
    origins = {part: content[part]["provenance"] for part in PARTS}
    if state.json:
        show_json({"key": key, "before": before, "file": str(file), "provenance": origins})
        return
    if key == before:
        show(f"match model {key}: it was learned from these very inputs already, so nothing was done")
    else:
        show(f"match model {key}" + (f" is used from the next run on; {before} is kept" if before else " is used from the next run on"))
    for part, meaning in PARTS.items():
        paragraph(f"{part}, {meaning}: {_learned(origins[part])}", 2)
    if key != before:
        say(state, "next: `skiptrace run`; probabilities of runs before and after do not compare one to one")


def _learned(provenance: Mapping[str, Any]) -> str:
    """What a part of the model was learned from, in words."""
    said = provenance.get("reviewed")
    return _learned_from(provenance) + (f"; by {said['same'] + said['different']:,} answers {said['shift_bits']:+.1f} bits" if said else "")


def _learned_from(provenance: Mapping[str, Any]) -> str:
    if "used_because" in provenance:
        unused = provenance.get("labels_not_used")
        more = f", and {unused:,} labels are not used" if unused else ""
        return f"taken from the shipped model, because {provenance['used_because']}{more}"
    text = f"learned from {provenance['pairs']:,} pairs in {provenance['rounds']:,} rounds"
    if not provenance.get("converged", True):
        text += ", and still moving when it was stopped"
    labels = provenance.get("labels")
    if labels:
        text += f"; labels: {labels['same']:,} the same person, {labels['different']:,} not"
    return text


def _told(value: Any) -> str:
    return ", ".join(f"{name} {inner}" for name, inner in value.items()) if isinstance(value, Mapping) else str(value)


def _read(file: Place) -> dict[str, Any]:
    from skiptrace.linkage.model import FORMAT
    from skiptrace.store.commit import read_json

    try:
        content = read_json(file)
        if content["format"] == FORMAT and PARTS.keys() <= content.keys():
            return content
        what = "is of an earlier version"
    except (OSError, ValueError, KeyError):
        what = "is missing or damaged"
    problem = Problem(file.name, "", what, "learn one: `skiptrace model train-match`")
    raise DataRefused("the match model cannot be read", (problem,))


def _levels(comparisons: Mapping[str, Mapping[str, Sequence[float]]], classes: Sequence[str]) -> list[tuple[str, ...]]:
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
command.add_command(_train)
command.add_command(train_reach)
