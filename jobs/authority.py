"""The cluster's own authority and the certificates it signs: `skiptrace cluster certs`.

A certificate says in what roles its holder may be met (`jobs.roles`). The authority's key stays where certificates are made; no member
needs it.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jobs.certified import ROLE_PREFIX, ROLES
from skiptrace.errors import ConfigError, Problem, UnsafePermissions
from skiptrace.store.commit import put_bytes, replace_bytes
from skiptrace.store.permissions import private_folder, secret_file

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import ec

AUTHORITY = "ca"
AUTHORITY_DAYS = 3650
DAYS = 397
_EARLY = dt.timedelta(minutes=5)  # clocks of a cluster differ a little


def make(folder: Path, members: dict[str, tuple[str, ...]], now: dt.datetime, days: int = DAYS, renew: bool = False) -> dict[str, Any]:
    """Certificates `NAME.pem` with their keys `NAME.key` for members by name, each with its roles; the authority `ca.pem`, `ca.key` is made
    where there is none. now: with its zone.

    Returns what was made: member, roles, file, last day. Nothing is overwritten unless `renew` says so, and the authority never is.
    Raises ConfigError (exit 2) where a file is in the way or the authority cannot be used, UnsafePermissions (78) where others may read
    its key."""
    _require_library()
    private_folder(folder)
    if AUTHORITY in members:
        raise ConfigError(f"--name {AUTHORITY}: that is the authority's name — name the member otherwise")
    if not renew:
        there = [name for member in members for name in (f"{member}.pem", f"{member}.key") if os.path.lexists(folder / name)]
        if there:
            mend = "--renew writes it anew, or choose another --folder or --name"
            raise ConfigError("certificates are there already", tuple(Problem(name, "", "is there", mend) for name in there))
    elif not os.path.lexists(folder / f"{AUTHORITY}.pem"):
        problem = Problem(f"{AUTHORITY}.pem", "", "is not there", "put the authority's files back, or leave --renew out")
        raise ConfigError("there is no authority to renew by", (problem,))
    key, signer, made = _authority(folder, now)
    last = min(now + dt.timedelta(days=days), signer.not_valid_after_utc)
    return {"authority": str(folder / f"{AUTHORITY}.pem"), "made_authority": made, "until": signer.not_valid_after_utc.date().isoformat(),
            "members": [_member(folder, name, roles, key, signer, now, last) for name, roles in members.items()]}  # fmt: skip


def _authority(folder: Path, now: dt.datetime) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate, bool]:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key_file, cert_file = folder / f"{AUTHORITY}.key", folder / f"{AUTHORITY}.pem"
    made = not os.path.lexists(key_file) and not os.path.lexists(cert_file)
    if made:
        key = ec.generate_private_key(ec.SECP256R1())
        name = _name("authority")
        usage = _usage(key_cert_sign=True, crl_sign=True)
        builder = (
            x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
            .serial_number(x509.random_serial_number()).not_valid_before(now - _EARLY)
            .not_valid_after(now + dt.timedelta(days=AUTHORITY_DAYS))
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True).add_extension(usage, critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        )  # fmt: skip
        put_bytes(key_file, _pem(key))
        put_bytes(cert_file, builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    try:
        own = serialization.load_pem_private_key(secret_file(key_file, key_file.name), None)
        signer = x509.load_pem_x509_certificate(cert_file.read_bytes())
        if not isinstance(own, ec.EllipticCurvePrivateKey) or own.public_key() != signer.public_key():
            raise ValueError
    except UnsafePermissions:
        raise
    except (OSError, ValueError, TypeError):
        mend = "put both files of the authority back, or move them away for a new one; then every member needs a new certificate"
        raise ConfigError("the authority cannot be used", (Problem(cert_file.name, "", "and its key are not one pair", mend),)) from None
    if signer.not_valid_after_utc <= now:
        mend = "move its files away for a new one, and give every member a new certificate"
        raise ConfigError("the authority cannot be used", (Problem(cert_file.name, "", "has expired", mend),))
    return own, signer, made


def _member(
    folder: Path, name: str, roles: Iterable[str], key: ec.EllipticCurvePrivateKey, signer: x509.Certificate,
    now: dt.datetime, last: dt.datetime,
) -> dict[str, Any]:  # fmt: skip
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import ExtendedKeyUsageOID as Use

    own, held = ec.generate_private_key(ec.SECP256R1()), [role for role in ROLES if role in set(roles)]
    uses = [Use.CLIENT_AUTH, *([Use.SERVER_AUTH] if set(held) - {"client"} else [])]  # a run takes no calls
    certificate = (
        x509.CertificateBuilder().subject_name(_name(name)).issuer_name(signer.subject).public_key(own.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - _EARLY).not_valid_after(last)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(digital_signature=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage(uses), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.UniformResourceIdentifier(ROLE_PREFIX + role) for role in held]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    replace_bytes(folder / f"{name}.key", _pem(own))
    replace_bytes(folder / f"{name}.pem", certificate.public_bytes(serialization.Encoding.PEM))
    return {"member": name, "roles": held, "file": str(folder / f"{name}.pem"), "until": last.date().isoformat()}


def _usage(**yes: bool) -> x509.KeyUsage:
    from cryptography import x509

    every = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
             "key_cert_sign", "crl_sign", "encipher_only", "decipher_only")  # fmt: skip
    return x509.KeyUsage(**{one: yes.get(one, False) for one in every})


def _name(common: str) -> x509.Name:
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    return x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "skiptrace cluster"), x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    from cryptography.hazmat.primitives import serialization

    form, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, form, plain)


def _require_library() -> None:
    try:
        import cryptography  # noqa: F401
    except ImportError:
        problem = Problem("cryptography", "", "is not installed", 'pip install "skiptrace[encryption]"')
        raise ConfigError("certificates are made with a library", (problem,)) from None
