"""Every table that passes between rooms, column by column. Rooms meet here and nowhere else."""

from skiptrace.schema.delivered import ANSWERS, CONSENTS, EVENTS, IDENTITIES, SIGHTINGS, SUPPRESSIONS, TAPE
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

SCHEMA_VERSION = 1
"""Raised when a published table changes; migrations are keyed by it."""

PUBLISHED_NAMES = ("accounts", "links", "contact_points", "channels", "decisions", "rejects", "alerts")

EVIDENCE_NAMES = ("situations", "put_back", "consumer_changes")
"""Tables that a run keeps beside the published ones: what its decisions were made from, and what became of ids."""

__all__ = [
    "ACCOUNTS", "ALERTS", "ANSWERS", "CHANNELS", "CONSENTS", "CONSUMER_CHANGES", "CONTACT_POINTS", "DECISIONS", "EVENTS",
    "EVIDENCE_NAMES", "IDENTITIES", "PUBLISHED_NAMES", "PUT_BACK", "REJECTS", "SCHEMA_VERSION", "SIGHTINGS", "SITUATIONS",
    "SUPPRESSIONS", "TAPE", "Column", "Table", "conform", "links",
]  # fmt: skip
