from __future__ import annotations

import numpy as np
import pytest

from jobs import models
from jobs.estimate.pairs import brought, open_built, points_of
from jobs.estimate.samples import sample
from jobs.pipeline import Options
from jobs.prepare import prepare
from skiptrace.linkage import rules
from skiptrace.linkage.model import records_from_plain
from tests.jobs.estimate.conftest import LATER, Planned


def test_an_index_that_is_there_says_the_same_as_records_that_are_read(planned: Planned) -> None:
    setup = prepare(planned.folder, Options(as_of=LATER)).setup
    accounts = sample(setup, "portfolio", range(2), 100)
    model, built = records_from_plain(models.shipped(), rules.load())[0], open_built(setup, rules.load())
    assert list(built) == [0]
    probed, read = (brought(setup, accounts, some, 100, model, None) for some in (built, {}))
    assert (probed.read, probed.new, read.read, read.new) == (0, 0, 8, 8)
    assert probed.of_people == pytest.approx(read.of_people)
    for key, counts in probed.keys.items():
        assert {name: read.keys[key][name] for name in counts if name != "hottest"} == {
            name: value for name, value in counts.items() if name != "hottest"
        }
    assert probed.without == pytest.approx(read.without)
    assert probed.links == pytest.approx(read.links)


def test_who_is_skipped_is_brought_nothing_either_way(planned: Planned) -> None:
    setup = prepare(planned.folder, Options(as_of=LATER)).setup
    accounts = sample(setup, "portfolio", range(2), 100)
    model, built = records_from_plain(models.shipped(), rules.load())[0], open_built(setup, rules.load())
    for some in (built, {}):
        found = brought(setup, accounts, some, 100, model, np.ones((12, 1), bool))
        assert found.of_people.sum() == 0
        assert found.without["header"] == 1.0


def test_points_of_a_record_are_counted_by_kind(planned: Planned) -> None:
    setup = prepare(planned.folder, Options(as_of=LATER)).setup
    found = sample(setup, "header", [0], 100)
    assert points_of(found.sightings, len(found.identities)) == {"address": 1.0, "phone": 1.0, "email": 0.0}
