"""The contact points of an account with their evidence, masked unless asked for; and which of them a person means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from jobs.explain import masks
from jobs.explain.model import Point, Sighting, Use
from skiptrace.errors import ConfigError, Problem
from skiptrace.normalize import addresses, emails, phones
from skiptrace.vocabulary import POINT_KINDS


def point(row: Mapping[str, Any], uses: Sequence[Use], show_pii: bool) -> Point:
    """One row of CONTACT_POINTS with its uses."""
    sightings = tuple(
        Sighting(
            seen["source"],
            seen["record_id"],
            seen["origin"],
            seen["first_seen"],
            seen["last_seen"],
            seen["match_probability"],
            seen["status"],
            seen["relation"] or "same",
        )
        for seen in row["evidence"]
    )
    return Point(
        row["point_id"],
        row["kind"],
        row["value"] if show_pii else masks.point(row),
        row["rank"],
        row["origin"],
        row["status"],
        row["line_type"],
        row["shared_by"],
        row["first_seen"],
        row["last_seen"],
        row["p_current"],
        row["p_right_party"],
        sightings,
        tuple(uses),
    )


def in_order(rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Rows of CONTACT_POINTS by kind, best first."""
    return sorted(rows, key=lambda row: (POINT_KINDS.index(row["kind"]), row["rank"]))


def meant(rows: Sequence[Mapping[str, Any]], text: str) -> list[Mapping[str, Any]]:
    """The rows that a person means by a point id, or by a phone, e-mail or address in any common form.

    Raises ConfigError (exit 2) where the account has no such point; the text is not repeated."""
    wanted = {value for value in (text, phones.parse(text).e164, emails.parse(text).value, _line(text)) if value}
    found = [row for row in rows if row["point_id"] in wanted or row["value"] in wanted]
    if not found:
        problem = Problem(
            "--point",
            "",
            "the account has no such contact point",
            "leave --point out to see all; a point's id is understood too",
        )
        raise ConfigError("no such contact point", (problem,))
    return found


def _line(text: str) -> str | None:
    return addresses.parse(text, None, None, None, None).line
