"""The fact sheet of uses: zones and windows, opt-outs by endpoint, owners, number checks."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa
import pytest

from skiptrace.compliance.accounts import build_accounts
from skiptrace.compliance.licences import Licence
from skiptrace.compliance.situations import build
from skiptrace.rulebook.loading import load
from skiptrace.schema.facts import SITUATIONS
from tests.compliance import tables as t

BOOK = load()
VOICE, MAIL, MESSAGE = ("p-1", "voice"), ("a-1", "mail"), ("e-1", "email")


def sheet(points: pa.Table, *uses: tuple[str, str], **given: Any) -> list[dict[str, Any]]:
    known = t.history(given.pop("events", None), given.pop("suppressions", None))
    common: dict[str, Any] = {"as_of": t.AS_OF, "rulebook": BOOK, "settings": given.pop("settings", {}), "history": known}
    accounts = build_accounts(t.tape(), points=points, **common)
    table = build(accounts, points, t.uses(*uses), **given, **common)
    assert table.schema == SITUATIONS.arrow
    return table.to_pylist()  # type: ignore[no-any-return]


def test_the_window_is_that_of_every_address_and_number() -> None:
    row = sheet(t.points({}, t.WEST), VOICE)[0]
    assert row["zones"] == ["America/Los_Angeles", "America/New_York"]
    assert row["window_start"] == dt.datetime(2026, 6, 30, 15, 1, tzinfo=dt.UTC)
    assert row["window_end"] == dt.datetime(2026, 7, 1, 0, 59, tzinfo=dt.UTC)
    assert row["window_minutes"] == 10 * 60 - 2


def test_a_letter_has_no_window_and_an_e_mail_has() -> None:
    letter, message = sheet(t.points(t.HOME, t.MAILBOX), MAIL, MESSAGE)
    assert (letter["window_start"], letter["window_minutes"]) == (None, None)
    assert message["window_minutes"] == 13 * 60 - 2


@pytest.mark.parametrize("change", [{"zones": []}, {"state": "AE", "postal_code": "09012"}])
def test_an_address_without_a_zone_leaves_the_window_open(change: dict[str, object]) -> None:
    row = sheet(t.points({}, {**t.HOME, **change}), VOICE)[0]
    assert (row["zones_known"], row["window_minutes"]) == (False, None)


def test_numbers_that_are_not_theirs_indicate_nothing() -> None:
    stranger = {
        "point_id": "p-9",
        "value": "+12135550199",
        "zones": ["America/Los_Angeles"],
        "status": "wrong_party",
        "rank": 2,
    }
    row = sheet(t.points({}, stranger, t.HOME), VOICE)[0]
    assert row["zones"] == ["America/New_York"]


def test_jurisdictions_are_those_of_home_and_of_the_number() -> None:
    call, letter, message = sheet(t.points({}, t.WEST, t.MAILBOX), VOICE, ("a-2", "mail"), MESSAGE)[::-1]
    assert call["jurisdictions"] == ["US", "US-CA", "US-NY"]
    assert letter["jurisdictions"] == message["jurisdictions"] == ["US", "US-CA"]


def test_an_opt_out_list_stops_its_endpoint_on_its_channel() -> None:
    listed = t.entries({"kind": "phone", "value": "+12125550123", "channel": "sms"})
    by_channel = {
        row["channel"]: row["opt_out_endpoint"]
        for row in sheet(t.points({}), VOICE, ("p-1", "sms"), suppressions=listed)
    }
    assert by_channel == {"voice": False, "sms": True}
    listed = t.entries({"kind": "phone", "value": "+12125550123"})
    assert sheet(t.points({}), VOICE, suppressions=listed)[0]["opt_out_endpoint"] is True


def test_an_opt_out_at_a_number_holds_for_the_number_on_any_account() -> None:
    said = t.events(
        {
            "account_id": "other",
            "channel": "sms",
            "outcome": "opt_out",
            "kind": "phone",
            "value": "+12125550123",
            "occurred_at": t.moment(dt.date(2020, 1, 1)),
        }
    )
    assert sheet(t.points({}), VOICE, events=said)[0]["opt_out_endpoint"] is True
    assert sheet(t.points({}), VOICE, events=t.events())[0]["opt_out_endpoint"] is None


def test_an_opt_out_of_one_channel_for_an_account_holds_for_all_its_points() -> None:
    listed = t.entries({"scope": "account", "account_id": "A1", "channel": "voice"})
    row = sheet(t.points({}), VOICE, suppressions=listed)[0]
    assert (row["medium_refused"], row["opt_out_endpoint"], row["opt_out_account"]) == (True, False, False)


@pytest.mark.parametrize(
    ("change", "owner"),
    [({}, "self"), ({"origin": "reference"}, "unknown"), ({"status": "wrong_party"}, "third_party")],
)
def test_whose_point_it_is(change: dict[str, object], owner: str) -> None:
    row = sheet(t.points(change), VOICE)[0]
    assert (row["owner_relation"], row["wrong_party"]) == (owner, owner == "third_party")


def test_an_owner_that_contacts_know_is_taken() -> None:
    points = t.points({}).append_column("owner_relation", pa.array(["third_party"]))
    common: dict[str, Any] = {"as_of": t.AS_OF, "rulebook": BOOK, "settings": {}, "history": t.history()}
    table = build(build_accounts(t.tape(), **common), points, t.uses(VOICE), **common)
    assert table.column("owner_relation").to_pylist() == ["third_party"]


def test_the_latest_number_check_counts() -> None:
    asked = {"step": "rnd_query", "kind": "phone", "value": "+12125550123"}
    answers = t.answers(
        {**asked, "response": "yes", "answered_at": dt.date(2026, 6, 1), "date_used": dt.date(2026, 5, 1)},
        {**asked, "response": "no", "answered_at": dt.date(2026, 6, 20), "date_used": dt.date(2026, 5, 2)},
        {**asked, "response": "no_data", "answered_at": dt.date(2026, 7, 1), "date_used": dt.date(2026, 5, 3)},
    )
    row = sheet(t.points({}), VOICE, answers=answers)[0]
    assert (row["rnd_response"], row["rnd_queried_at"], row["rnd_date_used"]) == (
        "no",
        dt.date(2026, 6, 20),
        dt.date(2026, 5, 2),
    )
    assert sheet(t.points({}), VOICE)[0]["rnd_response"] == "not_asked"


def test_a_score_that_is_no_number_is_not_known() -> None:
    assert sheet(t.points({"p_right_party": float("nan")}), VOICE)[0]["p_right_party"] is None


def test_no_uses_is_no_error() -> None:
    assert sheet(t.points({})) == []


def test_an_answer_for_the_date_that_matters_goes_before_a_later_one() -> None:
    asked = {"step": "rnd_query", "kind": "phone", "value": "+12125550123"}
    answers = t.answers(
        {**asked, "response": "no", "answered_at": dt.date(2026, 6, 1), "date_used": dt.date(2026, 6, 1)},
        {**asked, "response": "yes", "answered_at": dt.date(2026, 6, 20), "date_used": dt.date(2026, 1, 1)},
    )
    row = sheet(t.points({}), ("p-1", "sms"), answers=answers, consents=t.consents({"channel": "text"}))[0]
    assert (row["text_basis_at"], row["rnd_response"]) == (dt.date(2026, 6, 1), "no")


def test_the_consumers_own_text_is_a_basis_of_its_day() -> None:
    wrote = t.events(
        {"channel": "sms", "outcome": "replied", "kind": "phone", "value": "+12125550123", "occurred_at": t.moment(dt.date(2026, 6, 20))}
    )
    row = sheet(t.points({}), ("p-1", "sms"), events=wrote)[0]
    assert (row["consumer_texted"], row["text_basis_at"]) == (True, dt.date(2026, 6, 20))
    assert sheet(t.points({}), VOICE, events=t.events())[0]["consumer_texted"] is False
    assert sheet(t.points({}), VOICE)[0]["consumer_texted"] is None


def test_a_list_may_state_something_of_a_point_without_opting_out() -> None:
    number = {"kind": "phone", "value": "+12125550123"}
    listed = t.entries({**number, "reason": "work"}, {**number, "reason": "x"})
    row = sheet(t.points({}), VOICE, suppressions=listed.slice(0, 1))[0]
    assert (row["point_reported"], row["owner_relation"], row["opt_out_endpoint"]) == (["work"], "work", False)
    row = sheet(t.points({}), VOICE, suppressions=listed)[0]
    assert (row["point_reported"], row["opt_out_endpoint"]) == (["work", "x"], True)
    assert sheet(t.points({}), VOICE)[0]["point_reported"] is None


@pytest.mark.parametrize(
    ("address", "flags", "domain"),
    [
        ("x@gmail.com", ["free"], "public"), ("x@mit.edu", [], "edu"), ("x@va.gov", [], "gov"), ("x@mail.mil", [], "mil"),
        ("x@acme.com", [], "other"),
    ],
)
def test_the_kind_of_a_mailbox(address: str, flags: list[str], domain: str) -> None:
    assert sheet(t.points({**t.MAILBOX, "value": address, "flags": flags}, t.HOME), MESSAGE)[0]["email_domain"] == domain
    assert sheet(t.points({}), VOICE)[0]["email_domain"] == "none"


def test_a_found_point_may_be_used_as_its_sources_permit() -> None:
    found = t.points({"origin": "reference", "sources": ["header"]})
    assert sheet(found, VOICE)[0]["source_allows_use"] is None
    row = sheet(found, VOICE, licences={"header": Licence(("glba",), channels=("mail",))})[0]
    assert (row["source_allows_use"], row["source_regimes"]) == (False, ["glba"])
    assert sheet(found, VOICE, licences={"header": Licence(("glba",))})[0]["source_allows_use"] is True


def test_strict_hours_and_those_of_a_province_narrow_the_window() -> None:
    plain, strict = (sheet(t.points({}, t.HOME), VOICE, settings={"policies": p})[0]["window_minutes"] for p in ([], ["strict"]))
    assert (plain, strict) == (13 * 60 - 2, 12 * 60 - 2)
    quebec = {**t.HOME, "state": "QC", "country": "CA", "postal_code": "H2Y1C6", "zones": ["America/Toronto"]}
    row = sheet(t.points(quebec), MAIL, ("p-1", "voice"), settings={"policies": ["canada"]})[0]
    assert row["jurisdictions"] == ["CA", "CA-QC", "US"]
