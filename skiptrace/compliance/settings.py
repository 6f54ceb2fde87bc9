"""What the project file says about its user, and the steps it attests: read fail-closed, a missing key is not known."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from skiptrace.errors import ConfigError, Problem
from skiptrace.project import Project
from skiptrace.rulebook.fields import suggestion
from skiptrace.rulebook.model import Rulebook
from skiptrace.schema.facts import FACTS
from skiptrace.vocabulary import CHANNELS

SETTINGS = ("operator_role", "dialer_class", "content_has_offer", "licensed_states")
"""Keys of [compliance] that are facts themselves."""
DEFAULT_POLICIES = ("revoke_all",)
"""Policy packs in use where the project file names none."""


def setting_facts(settings: Mapping[str, Any]) -> dict[str, object]:
    """The facts that the project file states about its user; None for each that it does not."""
    facts = {name: settings.get(name) for name in SETTINGS}
    states = facts["licensed_states"]
    facts["licensed_states"] = None if states is None else sorted({str(state) for state in states})
    planned = settings.get("channels")
    facts["planned_channels"] = sorted(set(CHANNELS if planned is None else planned))
    stated = settings.get("policies")
    facts["policies"] = sorted(set(DEFAULT_POLICIES if stated is None else stated))
    return facts


def setting_problems(rulebook: Rulebook, project: Project) -> tuple[Problem, ...]:
    """A problem for each state, territory or province in the project file that is none, and for each attested step that the
    rulebook does not have."""
    known = {*rulebook.places.states, *rulebook.places.military, *rulebook.places.provinces}
    named = [(f"compliance.{key}", getattr(project.compliance, key)) for key in ("licensed_states", "creditor_states")]
    for number, source in enumerate(project.source, 1):
        named += [(f"source[{number}].{key}", getattr(source, key)) for key in ("states", "except_states")]
    states = [
        Problem(project.file.name, f"{place}[{number}]", f"{code!r} is no state", suggestion(code, known) or "write two letters")
        for place, codes in named
        for number, code in enumerate(codes or (), 1)
        if code not in known
    ]
    return (*states, *_step_problems(rulebook, [row.step for row in project.compliance.attest]))


def _step_problems(rulebook: Rulebook, steps: Sequence[str]) -> tuple[Problem, ...]:
    return tuple(
        Problem(
            "skiptrace.toml", f"compliance.attest[{number}].step", f"{step!r} is not a step",
            suggestion(step, rulebook.steps) or "`skiptrace rules steps` lists them",
        )
        for number, step in enumerate(steps, 1)
        if step not in rulebook.steps
    )


def attested(rulebook: Rulebook, settings: Mapping[str, Any], as_of: dt.date) -> dict[str, dt.date]:
    """Step → latest attested date, for steps whose attestation is known on `as_of` and not too old; sorted by step.

    `settings["attest"]` is a sequence of mappings with `step` and `date`. Raises ConfigError for a step that no file
    describes, with a suggestion."""
    rows: Sequence[Mapping[str, Any]] = settings.get("attest") or ()
    problems = _step_problems(rulebook, [str(row["step"]) for row in rows])
    if problems:
        raise ConfigError("an attested step is not known", problems)
    done: dict[str, dt.date] = {}
    for row in rows:
        step, day = rulebook.steps[row["step"]], row["date"]
        fresh = day <= as_of and (step.max_age_days is None or (as_of - day).days <= step.max_age_days)
        if fresh:
            done[step.name] = max(day, done.get(step.name, day))
    return dict(sorted(done.items()))


def settle(table: pa.Table, rulebook: Rulebook, done: Mapping[str, dt.date]) -> pa.Table:
    """The fact sheet with the NULLs that attested steps settle filled; a reported value never changes."""
    for name in sorted(done):
        for fact, value in sorted(rulebook.steps[name].settles.items()):
            if fact in table.column_names:
                column = table.column(fact)
                filled = pc.coalesce(column, pa.scalar(value, FACTS[fact].type))
                table = table.set_column(table.column_names.index(fact), fact, filled)
    return table
