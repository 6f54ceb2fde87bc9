"""What the project file says about its user, and the steps it attests: read fail-closed, a missing key is not known."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from skiptrace.errors import ConfigError, Problem
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


def state_problems(rulebook: Rulebook, settings: Mapping[str, Any]) -> tuple[Problem, ...]:
    """A problem for each code in licensed_states and creditor_states that is no state, territory or province."""
    known = {*rulebook.places.states, *rulebook.places.provinces}
    return tuple(
        Problem("skiptrace.toml", f"compliance.{key}[{number}]", f"{code!r} is no state", suggestion(code, known))
        for key in ("licensed_states", "creditor_states")
        for number, code in enumerate(settings.get(key) or (), 1)
        if code not in known
    )


def attested(rulebook: Rulebook, settings: Mapping[str, Any], as_of: dt.date) -> dict[str, dt.date]:
    """Step → latest attested date, for steps whose attestation is known on `as_of` and not too old; sorted by step.

    `settings["attest"]` is a sequence of mappings with `step` and `date`. Raises ConfigError for a step that no file
    describes, with a suggestion."""
    rows: Sequence[Mapping[str, Any]] = settings.get("attest") or ()
    problems = [
        Problem(
            "skiptrace.toml",
            f"compliance.attest[{number}].step",
            f"{row['step']!r} is not a step",
            suggestion(str(row["step"]), rulebook.steps),
        )
        for number, row in enumerate(rows, 1)
        if row["step"] not in rulebook.steps
    ]
    if problems:
        raise ConfigError("an attested step is not known", tuple(problems))
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
