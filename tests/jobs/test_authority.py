from __future__ import annotations

import datetime as dt
import os
import sys
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID as Use

from jobs import authority
from jobs.certified import roles_in
from jobs.knock import Papers
from skiptrace.errors import ConfigError, UnsafePermissions

NOW = dt.datetime.now(dt.UTC)
EACH: dict[str, tuple[str, ...]] = {"scheduler": ("scheduler",), "worker": ("worker",), "client": ("client",)}


def opened(file: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(file.read_bytes())


def content(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "papers"
    authority.make(folder, EACH, NOW, days=30)
    return folder


def test_everything_is_its_owner_s_alone(made: Path) -> None:
    assert made.stat().st_mode & 0o777 == 0o700
    assert {file.name: file.stat().st_mode & 0o777 for file in made.iterdir()} == dict.fromkeys(
        [f"{name}.{end}" for name in ("ca", *EACH) for end in ("pem", "key")], 0o600
    )


def test_members_are_signed_by_the_authority_in_their_roles_and_sign_nobody(made: Path) -> None:
    ca = opened(made / "ca.pem")
    assert ca.extensions.get_extension_for_class(x509.BasicConstraints).value == x509.BasicConstraints(ca=True, path_length=0)
    for name, roles in EACH.items():
        one = opened(made / f"{name}.pem")
        one.verify_directly_issued_by(ca)
        assert not one.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
        assert not one.extensions.get_extension_for_class(x509.KeyUsage).value.key_cert_sign
        uses = {Use.CLIENT_AUTH} | ({Use.SERVER_AUTH} if name != "client" else set())
        assert set(one.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value) == uses
        assert one.not_valid_after_utc == (NOW + dt.timedelta(days=30)).replace(microsecond=0)
        papers = Papers(str(made / "ca.pem"), str(made / f"{name}.pem"), str(made / f"{name}.key"))
        assert roles_in(papers.certificate()) == set(roles)


def test_nothing_is_overwritten_unless_it_is_renewed_and_the_authority_never_is(made: Path) -> None:
    before = content(made)
    with pytest.raises(ConfigError, match="there already") as refused:
        authority.make(made, EACH, NOW)
    assert len(refused.value.problems) == 6
    assert content(made) == before
    told = authority.make(made, {"client": ("client",)}, NOW, renew=True)
    assert not told["made_authority"]
    after = content(made)
    assert {name for name in after if after[name] != before[name]} == {"client.pem", "client.key"}


def test_nothing_is_renewed_by_an_authority_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no authority to renew by"):
        authority.make(tmp_path, EACH, NOW, renew=True)
    assert content(tmp_path) == {}


def test_one_more_member_needs_the_authority_alone(made: Path, tmp_path: Path) -> None:
    for name in ("ca.pem", "ca.key"):
        (tmp_path / name).write_bytes((made / name).read_bytes())
        (tmp_path / name).chmod(0o600)
    (told,) = authority.make(tmp_path, {"head": ("worker", "scheduler")}, NOW)["members"]
    assert told["roles"] == ["scheduler", "worker"]
    opened(tmp_path / "head.pem").verify_directly_issued_by(opened(made / "ca.pem"))


def test_no_member_outlives_the_authority(made: Path) -> None:
    (told,) = authority.make(made, {"late": ("client",)}, NOW + dt.timedelta(days=authority.AUTHORITY_DAYS - 10))["members"]
    assert told["until"] == opened(made / "ca.pem").not_valid_after_utc.date().isoformat()


def test_an_authority_that_is_no_longer_good_signs_nothing(tmp_path: Path) -> None:
    authority.make(tmp_path, {}, NOW - dt.timedelta(days=authority.AUTHORITY_DAYS + 1))
    with pytest.raises(ConfigError) as late:
        authority.make(tmp_path, EACH, NOW)
    assert "has expired" in str(late.value.problems[0])
    assert sorted(content(tmp_path)) == ["ca.key", "ca.pem"]


@pytest.mark.parametrize("harm", ["no key", "another key", "no certificate"])
def test_half_an_authority_is_refused_and_left_as_it_is(harm: str, made: Path, tmp_path: Path) -> None:
    for name in ("ca.pem", "ca.key"):
        (tmp_path / name).write_bytes((made / name).read_bytes())
        (tmp_path / name).chmod(0o600)
    if harm == "another key":
        (tmp_path / "ca.key").write_bytes((made / "worker.key").read_bytes())
    else:
        (tmp_path / ("ca.key" if harm == "no key" else "ca.pem")).unlink()
    before = content(tmp_path)
    with pytest.raises(ConfigError, match="authority cannot be used"):
        authority.make(tmp_path, EACH, NOW)
    assert content(tmp_path) == before


def test_a_key_of_the_authority_that_others_may_read_is_refused(made: Path, tmp_path: Path) -> None:
    for name in ("ca.pem", "ca.key"):
        (tmp_path / name).write_bytes((made / name).read_bytes())
    (tmp_path / "ca.key").chmod(0o644)
    with pytest.raises(UnsafePermissions, match="chmod 600"):
        authority.make(tmp_path, EACH, NOW)


def test_a_link_in_the_place_of_a_certificate_is_not_followed(made: Path, tmp_path: Path) -> None:
    target = tmp_path / "somebody else's"
    target.write_text("kept")
    os.symlink(target, made / "linked.pem")
    with pytest.raises(ConfigError, match="there already"):
        authority.make(made, {"linked": ("client",)}, NOW)
    authority.make(made, {"linked": ("client",)}, NOW, renew=True)
    assert target.read_text() == "kept"
    assert not (made / "linked.pem").is_symlink()


def test_nobody_takes_the_authority_s_name(made: Path) -> None:
    with pytest.raises(ConfigError, match="authority's name"):
        authority.make(made, {"ca": ("client",)}, NOW, renew=True)


def test_what_is_missing_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cryptography", None)
    with pytest.raises(ConfigError) as missing:
        authority.make(tmp_path, EACH, NOW)
    assert "skiptrace[encryption]" in str(missing.value.problems[0])
