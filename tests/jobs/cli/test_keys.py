from __future__ import annotations

import json
from pathlib import Path

from tests.encrypted_home import MASTER, SECRETS
from tests.jobs.cli.nights import Call
from tests.jobs.projects import change


def test_keys_are_listed_rotated_and_destroyed(call: Call, encrypted: Path, tmp_path: Path) -> None:
    told = call("--project", str(encrypted), "--json", "keys", "list").json
    assert [one["for"] for one in told["keys"]] == ["portfolio:first.csv", "portfolio:second.csv", "project"]
    assert told["destroyed"] == []

    master = tmp_path / "master.key"
    master.write_text("12" * 16)
    master.chmod(0o640)
    change(encrypted, f'kms = "{MASTER}"', f'kms = "file:{master}"')
    assert call("--project", str(encrypted), "doctor").code == 2
    assert call("--project", str(encrypted), "keys", "rotate").code == 0
    master.chmod(0o644)
    refused = call("--project", str(encrypted), "run")
    assert (refused.code, "chmod 600" in refused.err) == (78, True)
    master.chmod(0o600)

    assert call("--project", str(encrypted), "keys", "destroy", "third.csv", "--by", "dpo", "--reason", "sold back").code == 2
    done = call("--project", str(encrypted), "--json", "keys", "destroy", "first.csv", "--by", "dpo", "--reason", "sold back").json
    assert done["file"] == "first.csv"
    assert "destroyed" in call("--project", str(encrypted), "keys", "list").out
    actions = [json.loads(line)["action"] for line in (encrypted / ".skiptrace" / "audit.jsonl").read_text().splitlines()]
    assert actions == ["keys rotate", "keys destroy"]
    said = call("--project", str(encrypted), "--json", "keys", "encrypt").json
    assert said == {"runs": [], "files": 0, "removed": 0}


def test_a_master_that_is_not_there_is_told_without_a_key(call: Call, encrypted: Path) -> None:
    change(encrypted, f'kms = "{MASTER}"', 'kms = "file:/nowhere/master.key"')
    refused = call("--project", str(encrypted), "keys", "rotate")
    assert (refused.code, "the key file is not there" in refused.err) == (2, True)
    assert not [secret for secret in SECRETS.values() if secret in refused.err + refused.out]
