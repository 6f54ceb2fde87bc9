from __future__ import annotations

import os

from tests.jobs.cli.conftest import Call
from tests.jobs.cli.nights import Night
from tests.jobs.projects import change


def test_a_project_that_is_well_and_one_that_is_not(call: Call, night: Night) -> None:
    os.utime(night.run.folder / "run.json", None)
    said = call("--project", str(night.project), "doctor")
    assert said.code == 0, said.out
    assert {line[:4] for line in said.out.splitlines()} == {"ok  "}
    told = call("--json", "--project", str(night.project), "doctor").json
    assert (told["well"], len(told["checks"])) == (True, len(said.out.splitlines()))

    change(night.project, 'path = "dnc*.csv"', 'path = "dns*.csv"\nrequired = true')
    said = call("--project", str(night.project), "doctor")
    assert said.code in (2, 3)
    (bad,) = [line for line in said.out.splitlines() if line.startswith("BAD  deliveries")]
    assert bad
    told = call("--json", "--project", str(night.project), "doctor").json
    assert told["well"] is False


def test_another_scheduler_than_the_projects_is_asked(call: Call, night: Night) -> None:
    said = call("--project", str(night.project), "doctor", "--scheduler", "tcp://127.0.0.1:1")
    assert (said.code, "BAD  scheduler" in said.out) == (75, True)
