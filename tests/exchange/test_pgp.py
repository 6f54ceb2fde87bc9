from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from skiptrace.errors import ConfigError, DataRefused, StoreUnavailable
from skiptrace.exchange import pgp
from tests.pgp_keys import Keys

CANARY = b"CANARY-4411-JOCASTA\n"
LARGE = CANARY * 60_000
MOST = 1 << 24


@pytest.fixture(autouse=True)
def own_temporary(short_temporary: Path) -> None:
    """Homes of gpg are those of the test."""


@pytest.fixture
def gpg(keys: Keys, own_temporary: None) -> Iterator[Any]:
    """Our home: our secret key, the vendor's and the stranger's public ones."""
    with pgp.keyring([keys.both.read_bytes(), keys.ours.secret.read_bytes()], [keys.vendor.fingerprint], "inbox[1].pgp") as made:
        yield made


def opened(gpg: Any, keys: Keys, file: Path, most: int = MOST) -> bytes:
    target = file.parent / "opened"
    by = pgp.unseal(gpg, file, target, [keys.vendor.fingerprint], None, most, file.name)
    assert by == keys.vendor.fingerprint
    assert target.stat().st_mode & 0o777 == 0o600
    return target.read_bytes()


def refused(gpg: Any, keys: Keys, file: Path, said: str, most: int = MOST) -> None:
    """The file is refused, and nothing of its content is anywhere near."""
    with pytest.raises(DataRefused, match=said) as told:
        opened(gpg, keys, file, most)
    assert told.value.exit_code == 3
    assert b"CANARY" not in str(told.value).encode()
    for path in [*file.parent.rglob("*"), *Path(tempfile.gettempdir()).rglob("*")]:
        assert not path.is_file() or path == file or CANARY[:10] not in path.read_bytes(), path


def test_what_the_vendor_signed_and_encrypted_to_us_is_opened(gpg: Any, keys: Keys, tmp_path: Path) -> None:
    file = keys.message(LARGE, tmp_path / "a.csv.pgp", keys.ours, keys.vendor)
    assert opened(gpg, keys, file) == LARGE


def test_what_we_seal_only_the_recipient_opens_and_it_bears_our_signature(keys: Keys, tmp_path: Path) -> None:
    plain, sealed = tmp_path / "dialer.csv", tmp_path / "dialer.csv.pgp"
    plain.write_bytes(LARGE)
    sealed.touch(0o600)
    both = [keys.vendor.public.read_bytes(), keys.ours.secret.read_bytes()]
    with pgp.keyring(both, [keys.vendor.fingerprint, keys.ours.fingerprint], "outbox[1].pgp") as gpg:
        pgp.seal(gpg, plain, sealed, [keys.vendor.fingerprint], keys.ours.fingerprint, None)
    assert keys.opened(sealed) == LARGE
    assert CANARY[:10] not in sealed.read_bytes()
    with pgp.keyring([keys.ours.public.read_bytes(), keys.vendor.secret.read_bytes()], [], "inbox[1].pgp") as theirs:
        assert pgp.unseal(theirs, sealed, tmp_path / "back", [keys.ours.fingerprint], None, MOST, "x") == keys.ours.fingerprint


@pytest.mark.parametrize("at", [200, 5_000, -400, -60, -8])
def test_a_tampered_message_is_refused_and_nothing_of_it_is_left(gpg: Any, keys: Keys, tmp_path: Path, at: int) -> None:
    file = keys.message(os.urandom(40_000) + LARGE, tmp_path / "a.pgp", keys.ours, keys.vendor, "--compress-algo", "none")
    content = bytearray(file.read_bytes())
    content[at] ^= 0x20
    file.write_bytes(content)
    refused(gpg, keys, file, "cannot be decrypted")


@pytest.mark.parametrize("kept", [0.0, 0.3, 0.99])
def test_a_truncated_message_is_refused_and_nothing_of_it_is_left(gpg: Any, keys: Keys, tmp_path: Path, kept: float) -> None:
    file = keys.message(LARGE, tmp_path / "a.pgp", keys.ours, keys.vendor, "--compress-algo", "none")
    content = file.read_bytes()
    file.write_bytes(content[: int(len(content) * kept)])
    refused(gpg, keys, file, "cannot be decrypted|is not encrypted")


def test_who_signed_matters_not_that_somebody_did(gpg: Any, keys: Keys, tmp_path: Path) -> None:
    refused(gpg, keys, keys.message(LARGE, tmp_path / "a.pgp", keys.ours, keys.stranger), "signed by no key that this project trusts")
    refused(gpg, keys, keys.message(LARGE, tmp_path / "b.pgp", keys.ours, None), "is not signed")
    refused(gpg, keys, keys.message(LARGE, tmp_path / "c.pgp", keys.ours, keys.ours), "signed by no key that this project trusts")
    with pgp.keyring([keys.vendor.public.read_bytes(), keys.ours.secret.read_bytes()], [], "inbox[1].pgp") as without:
        refused(without, keys, tmp_path / "a.pgp", "signed by no key that this project trusts")


def test_two_signatures_are_no_better_than_the_worse_one(gpg: Any, keys: Keys, tmp_path: Path) -> None:
    file = keys.message(LARGE, tmp_path / "a.pgp", keys.ours, keys.vendor, "--sign", "--local-user", keys.stranger.fingerprint)
    with pgp.keyring([keys.vendor.public.read_bytes(), keys.ours.secret.read_bytes()], [], "inbox[1].pgp") as without:
        refused(without, keys, file, "signed by no key that this project trusts")


def test_what_is_not_encrypted_to_us_or_not_at_all_is_refused(gpg: Any, keys: Keys, tmp_path: Path) -> None:
    refused(gpg, keys, keys.message(LARGE, tmp_path / "a.pgp", keys.stranger, keys.vendor), "not encrypted to our key")
    (tmp_path / "text").write_bytes(b"just text\n")
    refused(gpg, keys, tmp_path / "text", "cannot be decrypted|is not encrypted")
    (tmp_path / "text").unlink()
    plain = tmp_path / "signed"
    plain.write_bytes(b"signed alone\n")
    keys.gpg("--output", str(tmp_path / "signed.pgp"), "--local-user", keys.vendor.fingerprint, "--sign", str(plain))
    refused(gpg, keys, tmp_path / "signed.pgp", "is not encrypted")


def test_something_after_the_message_is_refused(gpg: Any, keys: Keys, tmp_path: Path) -> None:
    first = keys.message(LARGE, tmp_path / "a.pgp", keys.ours, keys.vendor)
    second = keys.message(b"more", tmp_path / "b.pgp", keys.ours, None)
    first.write_bytes(first.read_bytes() + second.read_bytes())
    second.unlink()
    refused(gpg, keys, first, "cannot be decrypted|not signed|trusts")


def test_what_unpacks_to_more_than_is_allowed_is_refused(gpg: Any, keys: Keys, tmp_path: Path) -> None:
    file = keys.message(CANARY + b"\0" * 4_000_000, tmp_path / "a.pgp", keys.ours, keys.vendor)
    assert file.stat().st_size < 100_000
    refused(gpg, keys, file, "limits.file_bytes", 1_000_000)


@pytest.mark.parametrize("size", [1_500_000, 9_000_000])
def test_a_full_disk_is_no_tampering(gpg: Any, keys: Keys, tmp_path: Path, small_disk: Path, size: int) -> None:
    file = keys.message(os.urandom(size), tmp_path / "a.pgp", keys.ours, keys.vendor)
    (small_disk / "rest").write_bytes(bytes(shutil.disk_usage(small_disk).free - 1_000_000))
    with pytest.raises(StoreUnavailable) as full:
        pgp.unseal(gpg, file, small_disk / "opened", [keys.vendor.fingerprint], None, MOST, "a.pgp")
    assert full.value.exit_code == 69
    assert [path.name for path in small_disk.iterdir()] == ["rest"]


def test_a_library_that_breaks_is_a_refusal(gpg: Any, keys: Keys, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = keys.message(LARGE, tmp_path / "a.pgp", keys.ours, keys.vendor)

    def breaks(*given: Any, output: str, **more: Any) -> None:
        Path(output).write_bytes(CANARY)
        raise BrokenPipeError

    monkeypatch.setattr(type(gpg), "decrypt_file", breaks)
    refused(gpg, keys, file, "changed or cut")


def test_keys_that_are_missing_are_named(keys: Keys) -> None:
    ours, wanted = [keys.ours.public.read_bytes()], [keys.vendor.fingerprint]
    with pytest.raises(ConfigError, match=keys.vendor.fingerprint), pgp.keyring(ours, wanted, "outbox[1].pgp"):
        pass


def test_nothing_is_left_of_a_home_even_of_one_whose_process_was_killed(keys: Keys) -> None:
    def homes() -> list[str]:
        return [path.name for path in Path(tempfile.gettempdir()).glob("skiptrace-gpg-*")]

    body = (
        "import os, signal, sys\nfrom pathlib import Path\nfrom skiptrace.exchange import pgp\n"
        "with pgp.keyring([Path(sys.argv[1]).read_bytes()], [], 'x'):\n    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    ended = subprocess.run([sys.executable, "-c", body, str(keys.ours.secret)], check=False, timeout=60)
    assert ended.returncode == -9
    assert len(homes()) == 1
    with pgp.keyring([keys.ours.public.read_bytes()], [], "outbox[1].pgp"):
        assert [name.split("-")[2] for name in homes()] == [str(os.getpid())]
    assert homes() == []


def test_a_missing_program_is_told(keys: Keys, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(ConfigError, match="apt-get install gnupg"), pgp.keyring([], [], "outbox[1].pgp"):
        pass


def test_a_passphrase_opens_our_key_and_another_does_not(keys: Keys, tmp_path: Path) -> None:
    home = Path(tempfile.mkdtemp(prefix="gpg-test-"))
    (home / "gpg-agent.conf").write_text("s2k-count 65536\n")  # a word is turned into a key quickly
    try:
        base = ["gpg", "--homedir", str(home), "--batch", "--yes", "--quiet", "--pinentry-mode", "loopback", "--passphrase", "open sesame"]
        subprocess.run([*base, "--quick-generate-key", "l@example.com", "future-default", "default", "never"], check=True, timeout=60)
        listed = subprocess.run([*base, "--with-colons", "--list-keys"], check=True, capture_output=True, text=True, timeout=60).stdout
        mine = next(line.split(":")[9] for line in listed.splitlines() if line.startswith("fpr:"))
        secret = subprocess.run([*base, "--armor", "--export-secret-keys", mine], check=True, capture_output=True, timeout=60).stdout
    finally:
        subprocess.run(["gpgconf", "--homedir", str(home), "--kill", "all"], check=False, timeout=20)
        shutil.rmtree(home)
    plain, sealed = tmp_path / "a.csv", tmp_path / "a.csv.pgp"
    plain.write_bytes(LARGE)
    for word, holds in (("open sesame", True), ("wrong", False), (None, False)):
        sealed.unlink(missing_ok=True)
        sealed.touch(0o600)
        with pgp.keyring([secret, keys.vendor.public.read_bytes()], [mine], "outbox[1].pgp") as gpg:
            if holds:
                pgp.seal(gpg, plain, sealed, [keys.vendor.fingerprint], mine, word)
                assert CANARY[:10] not in sealed.read_bytes()
                assert sealed.stat().st_size > 0
            else:
                with pytest.raises(ConfigError, match="passphrase") as refusal:
                    pgp.seal(gpg, plain, sealed, [keys.vendor.fingerprint], mine, word)
                assert "wrong" not in str(refusal.value)
    both = [secret, keys.vendor.secret.read_bytes()]
    sealed.touch(0o600)
    with pgp.keyring(both, [mine], "inbox[1].pgp") as gpg:
        pgp.seal(gpg, plain, sealed, [mine], keys.vendor.fingerprint, None)
    for word in ("wrong", None, "open sesame"):
        with pgp.keyring(both, [mine], "inbox[1].pgp") as gpg:  # its agent remembers no word
            if word == "open sesame":
                pgp.unseal(gpg, sealed, tmp_path / "opened", [keys.vendor.fingerprint], word, MOST, "a")
            else:
                with pytest.raises(ConfigError, match="passphrase"):
                    pgp.unseal(gpg, sealed, tmp_path / "opened", [keys.vendor.fingerprint], word, MOST, "a")
    assert (tmp_path / "opened").read_bytes() == LARGE
