from __future__ import annotations

import sys
from pathlib import Path

import pytest

from jobs.partners import Partners, all_of
from skiptrace.errors import ConfigError, Problem, SafeToRerun, StoreUnavailable, UnsafePermissions
from skiptrace.project import Project, load
from tests.pgp_keys import Keys
from tests.project.test_form import HEAD
from tests.sftp_server import SftpServer


def project(folder: Path, text: str) -> Project:
    (folder / "skiptrace.toml").write_text(HEAD + text)
    return load(folder, {})


def sftp_section(server: SftpServer, folder: Path, kind: str = "outbox", key: str = "") -> str:
    key = key or f"${{file:{server.key}}}"
    return f'[[{kind}]]\nname = "vendor"\nplace = "{server.address(folder)}"\nhost_key = "{server.pin}"\nkey = "{key}"\n'


def test_missing_credentials_are_told_before_anybody_is_asked(server: SftpServer, tmp_path: Path) -> None:
    ready = project(tmp_path, sftp_section(server, tmp_path))
    Partners(ready, {}).require_ready()
    wrong = {"${env:NOWHERE}": "NOWHERE is not set", "${file:none.key}": "is not there", "${file:skiptrace.toml}": "not a private key"}
    for key, said in wrong.items():
        with pytest.raises(ConfigError, match=said) as told:
            Partners(project(tmp_path, sftp_section(server, tmp_path, key=key)), {}).require_ready()
        assert told.value.exit_code == 2
        assert told.value.problems[0].place.startswith("outbox[1].key") or told.value.problems[0].file.startswith("outbox[1].key")


def test_a_server_is_known_by_a_known_hosts_file_beside_the_project(server: SftpServer, tmp_path: Path) -> None:
    text = sftp_section(server, tmp_path).replace(f'host_key = "{server.pin}"', 'known_hosts = "known"')
    (tmp_path / "known").write_bytes(server.known_hosts.read_bytes())
    found = project(tmp_path, text)
    with Partners(found, {}).box(found.outbox[0]) as box:
        assert "known" in box.sizes()
    (tmp_path / "known").write_text(server.known_hosts.read_text().replace("127.0.0.1", "127.0.0.9"))
    with pytest.raises(ConfigError, match="knows no key"):
        Partners(found, {}).require_ready()


def test_a_secret_that_others_could_read_is_refused(server: SftpServer, tmp_path: Path) -> None:
    (tmp_path / "loose.key").write_bytes(server.key.read_bytes())
    (tmp_path / "loose.key").chmod(0o644)
    with pytest.raises(UnsafePermissions, match=r"outbox\[1\]\.key"):
        Partners(project(tmp_path, sftp_section(server, tmp_path, key="${file:loose.key}")), {}).require_ready()


@pytest.mark.parametrize(("module", "extra"), [("paramiko", "sftp"), ("gnupg", "pgp"), ("pyrage", "age")])
def test_extras_that_are_not_installed_are_told_together_with_what_else_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: str, extra: str
) -> None:
    sections = {
        "sftp": f'[[inbox]]\nname = "a"\nplace = "sftp://us@127.0.0.1/x"\nhost_key = "SHA256:{"A" * 43}"\npassword = "${{env:PW}}"\n',
        "pgp": '[[inbox]]\nname = "a"\nplace = "x"\n[inbox.pgp]\nkeys = "skiptrace.toml"\n'
        f'signers = ["{"AB" * 20}"]\nkey = "${{env:PW}}"\n',
        "age": '[[inbox]]\nname = "a"\nplace = "x"\n[inbox.age]\nidentity = "${env:PW}"\n',
    }
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(ConfigError, match=rf"pip install 'skiptrace\[{extra}\]'"):
        Partners(project(tmp_path, sections[extra]), {"PW": "word"}).require_ready()


def test_keys_of_pgp_and_age_are_laid_out_and_what_is_missing_is_named(keys: Keys, tmp_path: Path) -> None:
    text = (
        f'[[inbox]]\nname = "a"\nplace = "x"\n[inbox.pgp]\nkeys = "{keys.both}"\nsigners = ["{keys.vendor.fingerprint}"]\n'
        f'key = "${{file:{keys.ours.secret}}}"\n'
    )
    Partners(project(tmp_path, text), {}).require_ready()
    other = text.replace(keys.vendor.fingerprint, "AB" * 20).replace('name = "a"', 'name = "b"')
    gone = text.replace(str(keys.both), "none.asc").replace('name = "a"', 'name = "c"')
    with pytest.raises(ConfigError) as told:
        Partners(project(tmp_path, text + other + gone), {}).require_ready()
    assert [problem.place or problem.file for problem in told.value.problems] == ["inbox[2].pgp", "inbox[3].pgp.keys"]


def test_errors_of_several_partners_are_one_error_of_the_first_kind() -> None:
    all_of([])
    one, two = (StoreUnavailable(f"{name}: away", (Problem(name, "", "away"),)) for name in "ab")
    with pytest.raises(StoreUnavailable) as told:
        all_of([one, SafeToRerun("cut"), two, SafeToRerun("cut")])
    assert told.value.message == "a: away; cut; b: away"
    assert [problem.file for problem in told.value.problems] == ["a", "b"]
