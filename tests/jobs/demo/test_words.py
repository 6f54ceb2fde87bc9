import nicknames
import numpy as np
import zipcodes

from jobs.demo import words


def test_every_zip_exists_in_its_state() -> None:
    known = words.load()
    for state, postal in zip(known.state, known.postal, strict=True):
        assert {row["state"] for row in zipcodes.matching(postal)} == {state}


def test_places_span_states_zones_and_leading_zeros() -> None:
    known = words.load()
    assert len(known.postal) >= 120
    assert len(known.states) >= 25
    assert sum(postal.startswith("0") for postal in known.postal) >= 5
    rows = words._rows("demo_places.csv")
    assert len({row["time_zone"] for row in rows}) >= 4
    assert all(zipcodes.matching(row["zip"])[0]["timezone"] == row["time_zone"] for row in rows)


def test_nicknames_are_known_to_the_package_nicknames() -> None:
    known, namer = words.load(), nicknames.NickNamer()
    for name, start, count in zip(known.first, known.nickname_start, known.nickname_count, strict=True):
        mine = {short.lower() for short in known.nicknames[start : start + count]}
        assert mine <= namer.nicknames_of(name)
    assert (known.nickname_count > 0).sum() >= 100


def test_lists_are_long_enough_and_free_of_repeats() -> None:
    known = words.load()
    assert len(known.first) >= 200
    assert len(known.last) >= 400
    assert len(set(known.last)) == len(known.last)
    assert len(set(known.street)) == len(known.street)


def test_draws_follow_the_shares() -> None:
    rng = words.stream(1, "test")
    found = np.bincount(words.draw(np.array([0.7, 0.9, 1.0]), 20_000, rng), minlength=3) / 20_000
    assert np.allclose(found, [0.7, 0.2, 0.1], atol=0.02)


def test_streams_are_repeatable_and_apart() -> None:
    first, again = words.stream(5, "a").random(4), words.stream(5, "a").random(4)
    assert (first == again).all()
    assert not (first == words.stream(5, "b").random(4)).any()
