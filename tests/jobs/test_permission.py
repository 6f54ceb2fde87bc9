from __future__ import annotations

from pathlib import Path

import pytest

from jobs.permission import require_usable
from jobs.prepare import Options, prepare
from skiptrace.errors import PermissionRefused
from skiptrace.project import load
from skiptrace.rulebook.loading import load as load_rulebook
from tests.jobs.projects import AS_OF, change

MOVES = """
[[source]]
name = "moves"
path = "not/there.parquet"
kind = "ncoa"
purposes = ["ncoa.mailing_list_hygiene"]
columns = { record_id = "id", full_name = "name", address_line1 = "street", postal_code = "zip" }
"""


def test_every_source_that_may_not_be_read_is_named_at_once_and_nothing_is_read(project: Path) -> None:
    change(project, '"glba.fraud_prevention_or_collection"]\n\n# The purchased', '"ncoa.mailing_list_hygiene"]\n\n# The purchased')
    change(project, 'dialer_class      = "manual"', 'dialer_class      = "manual"\nchannels = ["voice", "sms"]')
    file = project / "skiptrace.toml"
    file.write_text(file.read_text() + MOVES)
    with pytest.raises(PermissionRefused, match="nothing was read") as caught:
        prepare(project, Options())  # the file of moves is not there, which nobody finds out
    told = {problem.place: problem.what for problem in caught.value.problems}
    assert caught.value.exit_code == 2
    assert len(told) == 2
    assert any('source "utility" permits none' in what for what in told.values())
    assert any('source "moves" may serve mail, and this project plans voice, sms' in what for what in told.values())
    change(project, 'channels = ["voice", "sms"]', 'channels = ["voice", "mail"]')
    with pytest.raises(PermissionRefused) as caught:
        require_usable(load(project, {}), load_rulebook(), AS_OF)
    assert len(caught.value.problems) == 1
