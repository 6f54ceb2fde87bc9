import numpy as np

from jobs.demo import records
from jobs.demo.records import World
from jobs.demo.words import Days, present, stream, texts


def _now(world: World, count: int) -> Days:
    return np.full(count, world.people.as_of)


def test_earlier_surnames_show_in_old_records_and_fade(world: World) -> None:
    people = world.people
    rows = np.flatnonzero((people.earlier_last >= 0) & ~people.hyphenated)
    earlier = world.words.last[people.earlier_last[rows]]
    old = records.names(world, rows, people.renamed[rows] - 10, 0.0, stream(1, "n"))
    new = records.names(world, rows, people.renamed[rows] + 701, 0.0, stream(1, "n"))
    assert (old.last == earlier).all()
    assert (new.last == world.words.last[people.last[rows]]).all()


def test_hyphenated_names_are_sometimes_halved(world: World) -> None:
    people = world.people
    rows = np.flatnonzero(people.hyphenated & (people.renamed < people.as_of - np.timedelta64(800, "D"))).repeat(20)
    last = records.names(world, rows, _now(world, len(rows)), 0.0, stream(1, "n")).last
    both = np.array(["-" in name for name in last])
    assert 0.5 < both.mean() < 0.9
    halves = {world.words.last[number] for number in (*people.last[rows], *people.earlier_last[rows])}
    assert set(last[~both]) <= halves


def test_nicknames_are_usual_for_those_who_go_by_them(world: World) -> None:
    people = world.people
    share = []
    for rows in (np.flatnonzero(people.nickname), np.flatnonzero(~people.nickname)):
        first = records.names(world, rows, _now(world, len(rows)), 1.0, stream(1, "n")).first
        share.append((first != world.words.first[people.first[rows]]).mean())
    assert 0.5 < share[0] < 0.8
    assert share[1] < 0.12


def test_names_in_one_field() -> None:
    name = records.Name(*(texts([value]) for value in ("Ann", "Ruth", "Lee", "Jr")))
    assert name.one_field(np.array([0]), last_first=True).tolist() == ["Lee, Ann R Jr"]
    assert name.one_field(np.array([0]), last_first=False).tolist() == ["Ann R Lee Jr"]
    bare = records.Name(*(texts([value]) for value in ("Ann", None, "Lee", None)))
    assert bare.one_field(np.array([0]), last_first=True).tolist() == ["Lee, Ann"]


def test_fill_rates_are_kept(world: World) -> None:
    rows = np.arange(5000)
    day = _now(world, 5000)
    assert abs(np.isnat(records.birth_dates(world, rows, 0.65, 1.0, stream(1, "b"))).mean() - 0.35) < 0.03
    assert abs(present(records.last_four(world, rows, 0.6, 1.0, stream(1, "s"))).mean() - 0.6) < 0.03
    assert not present(records.phones(world, rows, day, 0.0, 1.0, stream(1, "p")).digits).any()
    assert not present(records.emails(world, rows, day, 0.0, 1.0, stream(1, "e"))).any()


def test_phone_slips_stay_fictional_and_line_types_follow_the_line(world: World) -> None:
    rows = np.arange(5000)
    found = records.phones(world, rows, _now(world, 5000), 1.0, 20.0, stream(1, "p"))
    digits = found.digits[present(found.digits)]
    assert all(number[3:8] == "55501" for number in digits)
    assert (present(found.digits) == present(found.line_type)).all()
    assert {"mobile", "landline", "voip", None} == set(found.line_type)


def test_email_slips_keep_the_domain(world: World) -> None:
    rows = np.flatnonzero(present(world.points.email[:, 0]) & ~present(world.points.email[:, 1]))
    found = records.emails(world, rows, _now(world, len(rows)), 1.0, 60.0, stream(1, "e"))
    clean = world.points.email[rows, 0]
    assert [value.split("@")[1] for value in found] == [value.split("@")[1] for value in clean]
    assert 0.2 < (found != clean).mean() < 0.6


def test_stale_records_show_an_earlier_home(world: World) -> None:
    people = world.people
    rows = np.arange(6000)
    found = records.addresses(world, rows, _now(world, 6000), 0.0, 1.0, stream(1, "a"))
    now = world.words.postal[people.book.place[people.address[rows, 0]]]
    assert 0.02 < (found["postal"] != now).mean() < 0.12


def test_day_text_and_gaps() -> None:
    days = np.array(["2026-06-30", "NaT", "1980-01-02", "2026-06-30"], "datetime64[D]")
    assert records.day_text(days, "%m/%d/%Y").tolist() == ["06/30/2026", None, "01/02/1980", "06/30/2026"]
    assert records.day_column(days).null_count == 1


def test_upper_of_some_rows() -> None:
    values = texts(["a", None, "b"])
    assert records.upper(values).tolist() == ["A", None, "B"]
    assert records.upper(values, np.array([False, True, True])).tolist() == ["a", None, "B"]
