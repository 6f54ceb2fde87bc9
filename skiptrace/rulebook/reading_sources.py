"""What data of some purposes and kinds of source may serve, from sources.toml."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

from skiptrace.errors import Problem
from skiptrace.rulebook.fields import Fields, suggestion
from skiptrace.rulebook.model import CERTAINTIES, EVIDENCE, SourceLimit
from skiptrace.vocabulary import CHANNELS, PURPOSES, SOURCE_KINDS

Limits = dict[str, SourceLimit]


def source_limits_of(data: Mapping[str, Any], problems: list[Problem]) -> tuple[Limits, Limits]:
    """Limits by purpose and by kind of source. Like a rule, a limit needs a citation and the day its source was last read."""
    fields = Fields("sources.toml", data, problems)
    found = tuple(_limits(fields, section, known, problems) for section, known in (("purposes", PURPOSES), ("kinds", SOURCE_KINDS)))
    fields.finish()
    return found[0], found[1]


def _limits(fields: Fields, section: str, known: Collection[str], problems: list[Problem]) -> Limits:
    out = {}
    for name, row in sorted(fields.get(section, dict, {}).items()):
        inner = Fields(fields.file, row if isinstance(row, Mapping) else {}, problems, f"{section}.{name}")
        if name not in known:
            inner.problem("", f"is none of the {section} of a source", suggestion(name, known))
        channels = inner.words("channels", required=True, mend="the channels that such data may serve")
        for channel in sorted(set(channels) - set(CHANNELS)):
            inner.problem("channels", f"{channel!r} is not a channel", suggestion(channel, CHANNELS))
        out[name] = SourceLimit(
            name,
            inner.get("sentence", str, "", required=True, mend="one sentence for a person"),
            channels,
            inner.words("citation", required=True, mend="a limit without its source is not used"),
            inner.choice("evidence", EVIDENCE, "nr"),
            inner.choice("certainty", CERTAINTIES, "L"),
            inner.get("last_checked", dt.date, dt.date.min, required=True),
        )
        inner.finish()
    return out
