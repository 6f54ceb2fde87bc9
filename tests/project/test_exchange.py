from __future__ import annotations

from pathlib import Path

import pytest

from skiptrace.errors import ConfigError
from skiptrace.project import Project, load
from tests.project.test_form import HEAD

PIN = "SHA256:" + "A" * 43
FINGERPRINT = "AB" * 20
FULL = f"""
[[export]]
name = "dialer"
profile = "csv"
[[outbox]]
name = "vendor"
place = "sftp://us@sftp.example.com:2222/in"
host_key = "{PIN}"
key = "${{file:vendor.key}}"
passphrase = "${{env:WORD}}"
exports = ["dialer"]
[outbox.pgp]
keys = "vendor.asc"
recipients = ["{FINGERPRINT}"]
signer = "{FINGERPRINT}"
signer_key = "${{file:own.asc}}"
[[outbox]]
name = "lake"
place = "s3://bucket/in"
dated = false
[outbox.age]
recipients = ["age1{"q" * 58}"]
[[inbox]]
name = "results"
place = "sftp://us@sftp.example.com/out"
known_hosts = "known_hosts"
password = "${{env:PASSWORD}}"
files = "results-*.csv*"
unverified = "warn"
[inbox.age]
identity = "${{file:age.key}}"
[[inbox]]
name = "bare"
place = "/mnt/in"
into = "calls"
"""
BOTH = f"""dated = false
pgp = {{keys = "a", recipients = ["{FINGERPRINT}"], signer = "{FINGERPRINT}", signer_key = "${{env:X}}"}}
"""


def loaded(folder: Path, text: str) -> Project:
    (folder / "skiptrace.toml").write_text(HEAD + text)
    return load(folder, {})


def test_outboxes_and_inboxes_are_read_and_change_no_run(tmp_path: Path) -> None:
    plain, full = loaded(tmp_path, FULL[: FULL.index("[[outbox]]")]), loaded(tmp_path, FULL)
    assert full.content() == plain.content()
    assert [(one.name, one.remote, one.dated) for one in full.outbox] == [("vendor", True, True), ("lake", False, False)]
    told = [(one.name, one.folder, one.unverified) for one in full.inbox]
    assert told == [("results", "inbox/results", "warn"), ("bare", "calls", "refuse")]


def test_a_description_masks_where_secrets_are(tmp_path: Path) -> None:
    told = loaded(tmp_path, FULL).describe()
    assert "vendor.key" not in str(told)
    assert "PASSWORD" not in str(told)
    assert told["outbox"][0]["key"] == told["outbox"][0]["pgp"]["signer_key"] == told["inbox"][0]["age"]["identity"] == "(set)"
    assert told["outbox"][1]["key"] is None


@pytest.mark.parametrize(
    ("old", "new", "place", "said"),
    [
        (f'host_key = "{PIN}"\n', "", "outbox[1]", "an unknown server is never trusted"),
        ('key = "${file:vendor.key}"\n', "", "outbox[1]", "has no credentials"),
        ('key = "${file:vendor.key}"', 'key = "-----BEGIN KEY"', "outbox[1].key", "must not hold a secret itself"),
        (f'host_key = "{PIN}"', 'host_key = "aa:bb"', "outbox[1].host_key", "as `ssh-keygen -lf` prints it"),
        ("sftp://us@sftp.example.com:2222/in", "sftp://us:pw@sftp.example.com/in", "outbox[1].place", "holds a password"),
        ("sftp://us@sftp.example.com:2222/in", "sftp://sftp.example.com/in", "outbox[1].place", "is not an SFTP address"),
        ("s3://bucket/in", "s3:///in", "outbox[2].place", "is not a place on an object store"),
        ('dated = false', 'password = "${env:X}"', "outbox[2]", "only a server of SFTP needs"),
        ('exports = ["dialer"]', 'exports = ["dialler"]', "outbox[1].exports", 'did you mean "dialer"'),
        ('name = "lake"', 'name = "Vendor"', "outbox[2].name", "is also the name of outbox[1]"),
        (f'recipients = ["{FINGERPRINT}"]', 'recipients = ["v@example.com"]', "outbox[1].pgp.recipients[1]", "is not a key's fingerprint"),
        ('recipients = ["age1', 'recipients = ["ssh-', "outbox[2].age.recipients[1]", "is not an age recipient"),
        ('into = "calls"', 'into = "../calls"', "inbox[2].into", "leads out of the project's folder"),
        ('into = "calls"', 'into = "sftp://us@example.com/x"', "inbox[2].into", "is a server"),
        ('into = "calls"', 'into = "/calls"', "inbox[2].into", "leads out of the project's folder"),
        ('unverified = "warn"', 'unverified = "ignore"', "inbox[1].unverified", "is not a known word"),
        ('into = "calls"', 'most_flies = 3', "inbox[2].most_flies", 'did you mean "most_files"'),
        ('files = "results-*.csv*"', 'files = "${env:X}"', "inbox[1].files", "secrets are read in"),
        ('dated = false\n', BOTH, "outbox[2]", "has both pgp and age"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_told_at_its_place(tmp_path: Path, old: str, new: str, place: str, said: str) -> None:
    assert FULL.count(old) == 1
    with pytest.raises(ConfigError) as refused:
        loaded(tmp_path, FULL.replace(old, new))
    assert said in str(refused.value)
    assert [problem.place.split(" ")[0] for problem in refused.value.problems] == [place]
