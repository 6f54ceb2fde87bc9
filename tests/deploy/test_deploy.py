"""The examples in `deploy/`, as far as one machine can judge them: each file parses, hangs together, and gives commands that exist."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from jobs.cli import skiptrace_group

DEPLOY = Path(__file__).parents[2] / "deploy"
UNITS = sorted((DEPLOY / "systemd").iterdir())
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "docker-compose.yml").read_text())
DOCUMENTS: list[dict[str, Any]] = list(yaml.safe_load_all((DEPLOY / "kubernetes.yaml").read_text()))
PROGRAM = "/opt/skiptrace/.venv/bin/skiptrace"


def pods() -> Iterator[dict[str, Any]]:
    cluster, cron = DOCUMENTS
    yield cluster["spec"]["worker"]["spec"]
    yield cluster["spec"]["scheduler"]["spec"]
    yield cron["spec"]["jobTemplate"]["spec"]["template"]["spec"]


def commands() -> list[str]:
    """Every command line of the examples, from the program's name on."""
    found = [re.sub(r"\\\n\s*", "", unit.read_text()) for unit in UNITS]
    found = [line for text in found for line in text.splitlines() if line.startswith("ExecStart=")]
    found += [" ".join(service["command"]) for service in COMPOSE["services"].values()]
    found += [" ".join(container["args"]) for pod in pods() for container in pod["containers"]]
    return [re.sub(r"\$\$\(.*?\)", "address", line[line.index(PROGRAM) + len(PROGRAM) :]) for line in found]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
def test_units_are_what_systemd_takes(tmp_path: Path) -> None:
    assert {unit.suffix for unit in UNITS} == {".service", ".timer"}
    for unit in UNITS:
        (tmp_path / unit.name).write_text(unit.read_text().replace(PROGRAM, sys.executable).replace("file:///opt", "file:///"))
    names = [str(tmp_path / unit.name.replace("@.", "@1.")) for unit in UNITS]
    (tmp_path / "skiptrace-worker@1.service").write_text((tmp_path / "skiptrace-worker@.service").read_text())
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", *names], capture_output=True, text=True, check=False)
    mine = [line for line in done.stderr.splitlines() if "skiptrace" in line]
    assert not mine
    broken = tmp_path / "broken.service"
    broken.write_text((tmp_path / "skiptrace.service").read_text().replace("Type=oneshot", "Type=sometimes"))
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", str(broken)], capture_output=True, text=True, check=False)
    assert "sometimes" in done.stderr


def test_only_what_is_safe_to_rerun_is_run_again() -> None:
    unit = (DEPLOY / "systemd" / "skiptrace.service").read_text()
    prevented = re.search(r"^RestartPreventExitStatus=(.*)$", unit, re.MULTILINE)
    assert prevented is not None
    assert set(map(int, prevented[1].split())) == {1, 2, 3, 4, 69, 78}
    (rule,) = DOCUMENTS[1]["spec"]["jobTemplate"]["spec"]["podFailurePolicy"]["rules"]
    assert rule["onExitCodes"] == {"containerName": "run", "operator": "NotIn", "values": [75]}


@pytest.mark.parametrize("line", commands())
def test_every_command_exists_with_its_options(line: str) -> None:
    words, command = line.split(), skiptrace_group
    while words:
        word = words.pop(0)
        if word.startswith("-"):
            known = {name: option for option in command.params for name in option.opts}
            assert word in known, word
            if not getattr(known[word], "is_flag", False):
                words.pop(0)
        else:
            assert isinstance(command, click.Group), word
            found = command.get_command(click.Context(command), word)
            assert found is not None, word
            command = found
    assert command.name in ("start", "run", "nightly", "health")


def test_containers_share_what_is_defined_and_reach_nothing_else() -> None:
    assert set(COMPOSE["services"]) == {"scheduler", "worker", "run"}
    assert COMPOSE["networks"]["cluster"]["internal"] is True
    roles = {"scheduler": "scheduler", "worker": "worker", "run": "client"}
    for name, service in COMPOSE["services"].items():
        assert (service["read_only"], service["cap_drop"], service["user"]) == (True, ["ALL"], "10001:10001")
        assert set(service["networks"]) <= set(COMPOSE["networks"])
        own = {f"./papers/{file}" for file in ("ca.pem", f"{roles[name]}.pem", f"{roles[name]}.key")}  # nobody else's key
        assert {volume.split(":")[0] for volume in service["volumes"]} - set(COMPOSE["volumes"]) == own
        assert set(service.get("depends_on", ())) <= set(COMPOSE["services"])
        assert "ports" not in service


def test_pods_are_shut_in_and_mount_what_they_name() -> None:
    assert [(one["kind"], one["apiVersion"]) for one in DOCUMENTS] == [("DaskCluster", "kubernetes.dask.org/v1"), ("CronJob", "batch/v1")]
    for pod in pods():
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["automountServiceAccountToken"] is False
        volumes = {volume["name"] for volume in pod["volumes"]}
        for container in pod["containers"]:
            assert "memory" in container["resources"]["limits"]
            assert container["securityContext"]["readOnlyRootFilesystem"] is True
            assert {mount["name"] for mount in container["volumeMounts"]} == volumes
    secrets = [volume["secret"]["secretName"] for pod in pods() for volume in pod["volumes"] if "secret" in volume]
    assert secrets == ["skiptrace-worker", "skiptrace-scheduler", "skiptrace-client"]
    service = DOCUMENTS[0]["spec"]["scheduler"]["service"]
    assert service["type"] == "ClusterIP"


def test_nothing_speaks_in_the_open() -> None:
    for file in (*UNITS, DEPLOY / "docker-compose.yml", DEPLOY / "kubernetes.yaml"):
        assert "tcp://" not in file.read_text()
