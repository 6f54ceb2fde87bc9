"""Every table that passes between rooms, column by column. Rooms meet here and nowhere else."""

from collections.abc import Iterable

from skiptrace.schema.alerted import ACKNOWLEDGED, ALERTS_HELD, ALERTS_TOLD, CHANGED
from skiptrace.schema.counted import counts
from skiptrace.schema.delivered import (
    ACCOUNT_EVENTS,
    ANSWERS,
    CONSENTS,
    EVENTS,
    IDENTITIES,
    NOTED,
    NOTES,
    PLACEMENTS,
    SIGHTINGS,
    SUPPRESSIONS,
    TAPE,
)
from skiptrace.schema.facts import SITUATIONS
from skiptrace.schema.published import (
    ACCOUNTS,
    ALERTS,
    CHANNELS,
    CONSUMER_CHANGES,
    CONTACT_POINTS,
    DECISIONS,
    PUT_BACK,
    REJECTS,
    links,
)
from skiptrace.schema.table import Column, Table, conform
from skiptrace.schema.waterfall import ASKS, CHOICES, ESTIMATES, FRONTIER, STOPS, WATERFALL_FACTS

SCHEMA_VERSION = 2
"""Raised when a published table changes; `schema.migrations` is keyed by it."""

PUBLISHED_NAMES = ("accounts", "links", "contact_points", "channels", "decisions", "rejects", "alerts")

EVIDENCE_NAMES = ("situations", "put_back", "consumer_changes", "alerts_held", "alerts_told", "noted")
"""Tables that a run keeps beside the published ones: what its decisions were made from, what became of ids, what was told and noted."""


def spec_of(name: str, comparisons: Iterable[str] = ()) -> Table:
    """The spec of a table of a run by its name; `links` with the columns of these comparisons."""
    found: Table = links(comparisons) if name == "links" else globals()[name.upper()]
    return found


__all__ = [
    "ACCOUNTS", "ACCOUNT_EVENTS", "ACKNOWLEDGED", "ALERTS", "ALERTS_HELD", "ALERTS_TOLD", "ANSWERS", "ASKS", "CHANGED", "CHANNELS",
    "CHOICES", "CONSENTS", "CONSUMER_CHANGES", "CONTACT_POINTS", "DECISIONS", "ESTIMATES", "EVENTS", "EVIDENCE_NAMES", "FRONTIER",
    "IDENTITIES", "NOTED", "NOTES", "PLACEMENTS", "PUBLISHED_NAMES", "PUT_BACK", "REJECTS",
    "SCHEMA_VERSION", "SIGHTINGS", "SITUATIONS", "STOPS", "SUPPRESSIONS", "TAPE", "WATERFALL_FACTS", "Column", "Table", "conform",
    "counts", "links", "spec_of",
]  # fmt: skip
