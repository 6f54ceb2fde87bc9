"""What sources permit: the most generous one decides, and a limit that cannot be judged is one."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pyarrow as pa
import pytest

from skiptrace.compliance.licences import Licence, licence_facts, licence_of, served, unserved
from skiptrace.project import Project, Source
from skiptrace.rulebook.loading import load
from skiptrace.vocabulary import CHANNELS
from tests.compliance.tables import AS_OF

BOOK = load()
HEADER = Licence(("fcra", "glba"))


@pytest.mark.parametrize(
    ("licence", "channel", "state", "allowed"),
    [
        (HEADER, "voice", None, True),
        (Licence(()), "voice", "WA", False),
        (Licence(("glba",), channels=("mail",)), "voice", "WA", False),
        (Licence(("glba",), channels=("mail",)), "mail", "WA", True),
        (Licence(("glba",), states=("WA",)), "voice", "WA", True),
        (Licence(("glba",), states=("WA",)), "voice", "OR", False),
        (Licence(("glba",), states=("WA",)), "voice", None, False),
        (Licence(("glba",), not_states=("CA",)), "voice", "CA", False),
        (Licence(("glba",), not_states=("CA",)), "voice", "WA", True),
        (Licence(("glba",), not_states=("CA",)), "voice", None, False),
        (Licence(("glba",), until=AS_OF), "voice", "WA", True),
        (Licence(("glba",), until=AS_OF - dt.timedelta(days=1)), "voice", "WA", False),
    ],
)
def test_a_use_is_inside_every_limit(licence: Licence, channel: str, state: str | None, allowed: bool) -> None:
    assert licence.allows(channel, state, AS_OF) is allowed


def source(kind: str, *purposes: str, **limits: object) -> Source:
    columns = {"record_id": ("id",)}
    return Source(name="s", kind=kind, path="s.csv", purposes=purposes, columns=columns, **limits)  # type: ignore[arg-type]


NCOA, GLBA = "ncoa.mailing_list_hygiene", "glba.fraud_prevention_or_collection"


@pytest.mark.parametrize(
    ("given", "channels"),
    [
        (source("utility", GLBA), CHANNELS),
        (source("utility", NCOA), ("mail",)),
        (source("utility", NCOA, GLBA), CHANNELS),
        (source("ncoa", NCOA, GLBA), ("mail",)),
        (source("ncoa", GLBA), ("mail",)),
        (source("utility", GLBA, channels=("sms", "voice")), ("voice", "sms")),
        (source("ncoa", NCOA, channels=("voice",)), ()),
        (source("utility", "other"), ()),
    ],
)
def test_purposes_kind_and_entry_limit_the_channels(given: Source, channels: tuple[str, ...]) -> None:
    assert served(given, (NCOA, GLBA), BOOK) == channels
    told = licence_of(given, (NCOA, GLBA), BOOK)
    assert all(told.allows(channel, "WA", AS_OF) == (channel in channels) for channel in CHANNELS)


def test_limits_are_data() -> None:
    limit = replace(BOOK.purpose_limits[NCOA], name=GLBA, channels=("email",))
    book = replace(BOOK, purpose_limits={GLBA: limit}, kind_limits={})
    assert served(source("utility", GLBA), (NCOA, GLBA), book) == ("email",)
    assert served(source("ncoa", NCOA), (NCOA, GLBA), book) == CHANNELS


def project(*sources: Source, channels: tuple[str, ...] | None) -> Project:
    head = {"name": "x", "purposes": (NCOA, GLBA)}
    portfolio = {"path": "p.csv", "columns": {"account_id": ("id",)}}
    given = {"version": 1, "project": head, "portfolio": portfolio, "compliance": {"channels": channels}}
    return Project.model_validate(given).model_copy(update={"source": sources})


def test_a_source_that_serves_no_planned_channel_is_refused() -> None:
    moves, header = source("ncoa", NCOA), source("utility", GLBA)
    assert unserved(project(moves, header, channels=None), BOOK) == ()
    assert unserved(project(moves, header, channels=("mail",)), BOOK) == ()
    (problem,) = unserved(project(header, moves, channels=("voice", "sms")), BOOK)
    assert (problem.place, "may serve mail" in problem.what, "plans voice, sms" in problem.what) == ("source[2]", True, True)
    assert unserved(project(source("suppression", GLBA, channels=("mail",)), channels=("voice",)), BOOK) == ()


def test_points_carry_the_regimes_of_their_sources() -> None:
    uses = pa.table(
        {
            "channel": ["voice"] * 5,
            "point_state": ["WA"] * 5,
            "origin": ["reference", "reference", "portfolio", "both", "reference"],
            "sources": pa.array([["header"], ["mail", "header"], ["portfolio"], ["portfolio", "mail"], ["gone"]]),
        }
    )
    told = licence_facts(uses, {"header": HEADER, "mail": Licence(("ncoa",), channels=("mail",))}, AS_OF).to_pylist()
    assert [(row["source_regimes"], row["source_allows_use"]) for row in told] == [
        (["fcra", "glba"], True),
        (["fcra", "glba", "ncoa"], True),
        (["portfolio"], True),
        (["ncoa", "portfolio"], True),
        (None, None),
    ]
    assert licence_facts(uses.slice(0, 1), None, AS_OF).to_pylist() == [{"source_regimes": None, "source_allows_use": None}]
