"""What sources permit: the most generous one decides, and a limit that cannot be judged is one."""

from __future__ import annotations

import datetime as dt

import pyarrow as pa
import pytest

from skiptrace.compliance.licences import Licence, licence_facts
from tests.compliance.tables import AS_OF

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
        (Licence(("ncoa",)), "mail", "WA", True),
        (Licence(("ncoa",)), "voice", "WA", False),
        (Licence(("glba", "ncoa")), "voice", "WA", True),
    ],
)
def test_a_use_is_inside_every_limit(licence: Licence, channel: str, state: str | None, allowed: bool) -> None:
    assert licence.allows(channel, state, AS_OF) is allowed


def test_points_carry_the_regimes_of_their_sources() -> None:
    uses = pa.table(
        {
            "channel": ["voice"] * 5,
            "point_state": ["WA"] * 5,
            "origin": ["reference", "reference", "portfolio", "both", "reference"],
            "sources": pa.array([["header"], ["mail", "header"], ["portfolio"], ["portfolio", "mail"], ["gone"]]),
        }
    )
    told = licence_facts(uses, {"header": HEADER, "mail": Licence(("ncoa",))}, AS_OF).to_pylist()
    assert [(row["source_regimes"], row["source_allows_use"]) for row in told] == [
        (["fcra", "glba"], True),
        (["fcra", "glba", "ncoa"], True),
        (["portfolio"], True),
        (["ncoa", "portfolio"], True),
        (None, None),
    ]
    assert licence_facts(uses.slice(0, 1), None, AS_OF).to_pylist() == [{"source_regimes": None, "source_allows_use": None}]
