"""The twenty-eight test vectors of the research that the rulebook rests on, one test each, through the engine that screens.

They take a margin of zero minutes; the shipped hours keep one minute more at both ends.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from jobs.permission import require_usable
from skiptrace.compliance.accounts import build_accounts
from skiptrace.compliance.screening import screen, screen_accounts
from skiptrace.compliance.situations import build
from skiptrace.errors import ConfigError, PermissionRefused
from skiptrace.normalize.phones import parse as parse_phone
from skiptrace.project import load as load_project
from skiptrace.rulebook.engine import ask
from skiptrace.rulebook.hours import is_open
from skiptrace.rulebook.loading import from_texts, load
from tests.compliance import tables as t
from tests.rulebook.test_engine import sheet

BOOK = load()
DAY = t.AS_OF
STATED = BOOK.rule("REGF-TIME")
assert STATED is not None
assert STATED.hours is not None
HOURS = replace(STATED.hours, margin_minutes=0)
EAST, CENTRAL, WEST = "America/New_York", "America/Chicago", "America/Los_Angeles"


def effect(rule_id: str, **facts: Any) -> str:
    """What a rule does to facts; its own jurisdiction unless they say otherwise."""
    rule = BOOK.rule(rule_id)
    assert rule is not None
    facts = {"channel": rule.channels[0], "jurisdictions": ["US", rule.jurisdiction], **facts}
    answer = int(ask(sheet(facts), [rule])[0, 0])
    return rule.effect_of(None if answer < 0 else answer == 1)


def at(hour: int, minute: int, zone_hours: int) -> dt.datetime:
    """An instant of 1 July 2026 by a clock that many hours behind UTC."""
    return dt.datetime(2026, 7, 1, hour, minute, tzinfo=dt.timezone(dt.timedelta(hours=-zone_hours))).astimezone(dt.UTC)


def decide(*points: dict[str, object], uses: tuple[tuple[str, str], ...], as_of: dt.date = DAY, **given: Any) -> dict[str, Any]:
    settings = given.pop("settings", t.SETTINGS)
    known = t.history(given.pop("events", t.events()), given.pop("suppressions", t.entries()), as_of=as_of)
    common: dict[str, Any] = {"as_of": as_of, "rulebook": BOOK, "settings": settings, "history": known}
    table = t.points(*points)
    accounts = build_accounts(t.tape(given.pop("tape", {})), points=table, answers=given.get("answers"), **common)
    sheets = build(accounts, table, t.uses(*uses), consents=given.pop("consents", t.consents()), **given, **common)
    return {row["channel"]: row for row in screen(sheets, BOOK, as_of).to_pylist()}


def zones_of(*points: dict[str, object]) -> list[str]:
    common: dict[str, Any] = {"as_of": DAY, "rulebook": BOOK, "settings": {}, "history": t.history()}
    table = t.points(*points)
    found = build(build_accounts(t.tape(), points=table, **common), table, t.uses(("p-1", "voice")), **common)
    return found["zones"][0].as_py()  # type: ignore[no-any-return]


def test_01_an_eastern_mobile_and_a_californian_address() -> None:
    zones = zones_of({}, t.WEST)
    assert zones == [WEST, EAST]
    told = [is_open(zones, at(hour, minute, 4), HOURS) for hour, minute in ((9, 0), (11, 0), (20, 59), (21, 0))]
    assert told == [False, True, True, False]


def test_02_an_area_code_of_two_zones_without_an_address() -> None:
    zones = zones_of({"value": "+14482009999", "zones": [EAST]})
    assert is_open(zones, at(8, 30, 4), HOURS) is False


def test_03_an_orlando_number_and_address() -> None:
    orlando = {**t.HOME, "state": "FL", "postal_code": "32801", "zones": [EAST]}
    zones = zones_of({"value": "+16892009999", "zones": [CENTRAL]}, orlando)
    assert zones == [EAST]
    assert is_open(zones, at(20, 30, 5), HOURS) is False


@pytest.mark.parametrize(("busy", "stopped"), [(2, False), (0, True)])
def test_04_seven_calls_of_which_two_were_busy(busy: int, stopped: bool) -> None:
    calls = t.events(
        *({"occurred_at": t.moment(DAY - dt.timedelta(days=n)), "outcome": "busy" if n < busy else "ring_no_answer"} for n in range(7))
    )
    row = decide({}, t.HOME, uses=(("p-1", "voice"),), events=calls)["voice"]
    assert ("REGF-7IN7" in row["stopped_by"]) is stopped


def test_05_a_conversation_on_the_first_lets_calls_go_out_on_the_eighth() -> None:
    talk = t.events({"occurred_at": t.moment(dt.date(2026, 6, 1)), "outcome": "right_party"})
    told = [
        "REGF-CONV7" in decide({}, t.HOME, uses=(("p-1", "voice"),), events=talk, as_of=dt.date(2026, 6, day))["voice"]["stopped_by"]
        for day in (1, 7, 8)
    ]
    assert told == [True, True, False]


def test_06_seven_calls_about_each_of_two_debts() -> None:
    assert effect("REGF-7IN7", calls_7_days=7) == "stop"
    assert effect("REGF-7IN7", calls_7_days=6) == "none"
    assert effect("POL-PERSON-CAP", person_calls_7_days=14) == "stop"


def test_07_a_text_consent_of_61_days() -> None:
    given = dt.date(2026, 4, 30)
    facts = {"consent_text_state": "given", "consumer_texted": False, "text_basis_at": given, "as_of": DAY}
    assert effect("REGF-TEXT-60D", **facts, rnd_response="not_asked") == "require_step"
    answered = {**facts, "rnd_response": "no", "rnd_queried_at": DAY}
    assert effect("REGF-TEXT-60D", **answered, rnd_date_used=given) == "none"
    assert effect("REGF-TEXT-60D", **answered, rnd_date_used=DAY) == "require_step"
    assert effect("RND-DATE", rnd_response="no", rnd_queried_at=DAY, rnd_date_used=DAY) == "require_step"


def test_08_consent_to_the_creditor_is_a_basis_for_calls_and_none_for_texts() -> None:
    assert effect("REGF-TEXT-BASIS", consent_text_state="given", consent_text_given_to="creditor", consumer_texted=False) == "stop"
    mobile = {"line_type": "mobile", "dialer_class": "autodialer", "consent_voice_state": "given"}
    assert effect("TCPA-WIRELESS", **mobile) == "none"


def test_09_no_data_is_not_known() -> None:
    assert effect("RND-NODATA", rnd_response="no_data", channel="sms") == "require_step"


def test_10_a_written_cease_holds_for_its_account() -> None:
    tape = t.tape({"cease": True}, {"account_id": "A2", "identity": 1, "cease": False})
    facts = build_accounts(tape, as_of=DAY, rulebook=BOOK, settings=t.SETTINGS, history=t.history())
    held = {row["account_id"]: row["holds"] for row in screen_accounts(facts, BOOK, DAY).to_pylist()}
    assert held == {"A1": ["REGF-CEASE"], "A2": []}


def test_11_stop_by_text() -> None:
    said = t.events({"channel": "sms", "outcome": "stop", "kind": "phone", "value": "+12125550123", "occurred_at": t.moment(DAY)})
    row = decide({}, t.HOME, uses=(("p-1", "sms"), ("p-1", "voice")), events=said, consents=t.consents({"channel": "text"}))
    assert "REGF-OPTOUT" in row["sms"]["stopped_by"]
    assert effect("TCPA-REVOKE", channel="sms", consent_text_state="revoked") == "stop"
    law, policy = BOOK.rule("TCPA-REVOKE-ALL"), BOOK.rule("POL-REVOKE-ALL")
    assert law is not None
    assert policy is not None
    for day, in_force in ((dt.date(2027, 1, 30), (False, True)), (dt.date(2027, 1, 31), (True, False))):
        assert (law.in_force(day), policy.in_force(day)) == in_force


def test_12_massachusetts_counts_calls_and_texts_together() -> None:
    assert effect("MA-2IN7", calls_and_texts_7_days=2) == "stop"
    assert effect("MA-2IN30-WORK", owner_relation="work", point_contacts_30_days=2) == "stop"
    assert effect("MA-2IN30-WORK", owner_relation="work", point_contacts_30_days=1) == "none"


def test_13_the_district_of_columbia_counts_electronic_messages() -> None:
    assert effect("DC-ECOMM-5", electronic_7_days=5) == "stop"
    assert effect("DC-ECOMM", channel="sms", consent_text_state="none") == "stop"


def test_14_new_york_city_from_its_day() -> None:
    city = {**t.HOME, "postal_code": "10025"}
    told = []
    for day in (dt.date(2026, 8, 31), dt.date(2026, 9, 1)):
        tries = t.events(*({"occurred_at": t.moment(day), "channel": c, "outcome": "sent"} for c in ("mail", "email", "sms")))
        told.append("NYC-3IN7" in decide({}, city, uses=(("p-1", "voice"),), events=tries, as_of=day)["voice"]["stopped_by"])
    assert told == [False, True]


@pytest.mark.parametrize(("state", "postal", "stops"), [("NC", "27601", True), ("SC", "29201", False)])
def test_15_three_years_and_a_day_in_the_carolinas(state: str, postal: str, stops: bool) -> None:
    home = {**t.HOME, "state": state, "postal_code": postal}
    settings = {**t.SETTINGS, "licensed_states": ["NC", "SC"]}
    tape = {"charge_off_date": None, "last_payment_date": DAY - dt.timedelta(days=3 * 365 + 2)}
    row = decide(home, uses=(("a-1", "mail"),), settings=settings, tape=tape)["mail"]
    assert ("NC-TBD" in row["stopped_by"]) is stops
    assert {"REGF-TIMEBARRED", "SOL-NOTICE"} <= set(row["conditions"])


def test_16_six_years_and_a_day_in_wisconsin() -> None:
    assert effect("SOL-WI", delinquent_since=dt.date(2020, 6, 29), as_of=DAY) == "stop"


def test_17_a_card_in_arizona_four_years_old_is_not_barred() -> None:
    home = {**t.HOME, "state": "AZ", "postal_code": "85001"}
    tape = {"charge_off_date": None, "last_payment_date": dt.date(2022, 6, 30)}
    row = decide(home, uses=(("a-1", "mail"),), tape=tape)["mail"]
    assert not {"REGF-TIMEBARRED", "SOL-SUE", "SOL-NOTICE"} & set(row["conditions"])


def test_18_an_open_chapter_13_shields_the_codebtor() -> None:
    assert effect("BK-13-CODEBTOR", bankruptcy_status="open", bankruptcy_chapter="13") == "stop"


def test_19_a_death_reported_and_a_death_confirmed() -> None:
    assert effect("DEC-STEP", deceased_reported=True, deceased_confirmed=False) == "require_step"
    assert effect("DEC-CONFIRMED", deceased_confirmed=True) == "stop"


PROJECT = """
version = 1
[project]
name = "x"
purposes = ["dmf.certified"]
[portfolio]
path = "nothing.parquet"
columns = { account_id = "id" }
[[source]]
name = "deaths"
path = "nothing.parquet"
kind = "deceased"
purposes = ["dmf.certified"]
columns = { record_id = "id" }
"""


def test_20_the_restricted_death_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    (tmp_path / "skiptrace.toml").write_text(PROJECT)
    with pytest.raises(PermissionRefused, match="nothing was read"):
        require_usable(load_project(tmp_path, {}), BOOK, DAY)
    (tmp_path / "skiptrace.toml").write_text(PROJECT + "[compliance]\ndmf_certified_until = 2026-06-30\n")
    require_usable(load_project(tmp_path, {}), BOOK, DAY)


def test_21_a_consumer_report_and_a_balance_of_nothing() -> None:
    assert effect("SRC-ZERO-BAL", paid_or_settled=True, source_regimes=["fcra"]) == "stop"


def test_22_a_mailbox_of_an_employer() -> None:
    mailbox = {"email_domain": "other", "point_reported": ["employer_email"], "owner_relation": "self", "consent_email_state": "given"}
    assert effect("REGF-WORK-EMAIL", **mailbox, consent_email_given_to="creditor") == "stop"
    assert effect("REGF-WORK-EMAIL", **mailbox, consent_email_given_to="collector") == "none"
    assert effect("REGF-EMAIL-BASIS", consent_email_state="given", consent_email_given_to="collector") == "none"


def test_23_an_e_mail_at_ten_in_florida() -> None:
    assert not [rule for rule in BOOK.rules if rule.jurisdiction == "US-FL" and rule.topic == "time_of_day"]
    assert STATED is not None
    assert "email" in STATED.channels
    assert is_open([EAST], at(22, 0, 4), HOURS) is False


def test_24_a_relatives_number_is_not_used() -> None:
    listed = t.entries({"kind": "phone", "value": "+12125550123", "reason": "relative"})
    row = decide({"origin": "reference"}, t.HOME, uses=(("p-1", "voice"),), suppressions=listed)["voice"]
    assert "REGF-THIRDPARTY" in row["stopped_by"]


def test_25_a_number_of_fiction_and_a_toll_free_one() -> None:
    assert "fictional" in parse_phone("212-555-0123").flags
    assert effect("POL-FICTIONAL", point_flags=["fictional"], policies=["revoke_all"]) == "stop"
    assert zones_of({"value": "+18002345678", "point_kind": "toll_free", "zones": [EAST, WEST]}) == []


def test_26_military_mail_has_no_zone() -> None:
    base = {**t.HOME, "state": "AE", "postal_code": "09012", "zones": []}
    row = decide({}, base, uses=(("p-1", "voice"), ("a-1", "mail")))
    assert {"REGF-TIME", "SCRA-ADDR"} <= set(row["voice"]["stopped_by"])
    assert not {"REGF-TIME", "SCRA-ADDR"} & set(row["mail"]["stopped_by"])


def test_27_regulation_f_from_its_day() -> None:
    told = ["REGF-CEASE" in {rule.id for rule in BOOK.in_force(day)} for day in (dt.date(2021, 11, 29), dt.date(2021, 12, 1))]
    assert told == [False, True]


def test_28_a_rule_without_a_citation_is_refused() -> None:
    texts = dict(BOOK.files)
    lines = texts["federal/regf_cease.toml"].splitlines()
    texts["federal/regf_cease.toml"] = "\n".join(line for line in lines if not line.startswith("citation"))
    with pytest.raises(ConfigError) as caught:
        from_texts(tuple(texts.items()))
    assert [(problem.file, problem.place) for problem in caught.value.problems] == [("federal/regf_cease.toml", "citation")]
