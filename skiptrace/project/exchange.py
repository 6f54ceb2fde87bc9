"""[[outbox]] and [[inbox]]: where exports are delivered, where files of others are fetched, and how both are encrypted.

A place is `sftp://user@host:port/folder`, a place on an object store such as `s3://bucket/folder`, or a folder on a disk. Secrets are
references, never the secret itself. Nothing here changes a table of a run.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Final, Self

from pydantic import AfterValidator, Field, model_validator

from skiptrace.errors import ConfigError
from skiptrace.project.parts import Part, SafeName, SecretReference, Text, matching, one_of, wrong
from skiptrace.store.places import place_of

SECRETS: Final = frozenset({"token_key", "key", "password", "passphrase", "signer_key", "identity"})
"""Keys whose value says where a secret is."""
SFTP: Final = re.compile(r"sftp://(?P<user>[^@:/\s]+)@(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(:(?P<port>[0-9]{1,5}))?(?P<folder>/\S*)?")
_FINGERPRINT = matching(
    re.compile(r"[0-9A-F]{40}|[0-9A-F]{64}"), "is not a key's fingerprint",
    "40 capital hexadecimal digits, as `gpg --fingerprint` prints them, without the spaces",
)  # fmt: skip
Fingerprint = Annotated[str, AfterValidator(_FINGERPRINT)]
_HOST_KEY = matching(
    re.compile(r"SHA256:[A-Za-z0-9+/]{43}"), "is not a host key's fingerprint", 'write "SHA256:…", as `ssh-keygen -lf` prints it'
)
_RECIPIENT = matching(re.compile(r"age1[0-9a-z]{58}"), "is not an age recipient", 'write "age1…", as `age-keygen -y` prints it')
HostKey = Annotated[str, AfterValidator(_HOST_KEY)]
AgeRecipient = Annotated[str, AfterValidator(_RECIPIENT)]


def _place(value: str) -> str:
    if value.startswith("sftp:"):
        if not SFTP.fullmatch(value):
            what = "holds a password" if re.match(r"sftp://[^/@]*:[^/@]*@", value) else "is not an SFTP address"
            raise wrong(what, 'write "sftp://user@host:22/folder"; a password goes into password = "${file:…}"')
    elif "://" in value:
        try:
            place_of(value)
        except ConfigError:
            raise wrong("is not a place on an object store", 'write it like "s3://bucket/folder"; credentials go elsewhere') from None
    return value


def _within(value: str) -> str:
    if value.startswith("sftp:"):
        raise wrong("is a server", 'a folder of the project, such as "inbox/vendor"')
    if "://" not in value and (Path(value).is_absolute() or ".." in Path(value).parts):
        raise wrong("leads out of the project's folder", 'a folder within it, such as "inbox/vendor"')
    return _place(value)


class Partner(Part):
    """What both ends have in common: a name, the place, and how a server of SFTP is known and told who we are.

    `host_key` is the fingerprint of the server's key, `known_hosts` a file of OpenSSH's form; one of them is needed. `key` is a
    private key (its `passphrase`, if it has one), `password` the other way in."""

    name: SafeName
    place: Annotated[Text, AfterValidator(_place)]
    host_key: HostKey | None = None
    known_hosts: Text | None = None
    key: SecretReference | None = None
    passphrase: SecretReference | None = None
    password: SecretReference | None = None

    @property
    def remote(self) -> bool:
        """Whether it is a server of SFTP."""
        return self.place.startswith("sftp:")

    @model_validator(mode="after")
    def _known_and_let_in(self) -> Self:
        given = [name for name in ("host_key", "known_hosts", "key", "passphrase", "password") if getattr(self, name) is not None]
        if given and not self.remote:
            raise wrong(f"has {given[0]}, which only a server of SFTP needs", "remove it, or correct place")
        if self.remote and not (self.host_key or self.known_hosts):
            mend = 'ask the vendor for its fingerprint and write host_key = "SHA256:…", or name a known_hosts file'
            raise wrong("says nothing of the server's key, and an unknown server is never trusted", mend)
        if self.remote and not (self.key or self.password):
            raise wrong("has no credentials", 'add key = "${file:…}" or password = "${env:…}"')
        if getattr(self, "pgp", None) is not None and getattr(self, "age", None) is not None:
            raise wrong("has both pgp and age", "keep one of them")
        return self


class PgpSealing(Part):
    """[outbox.pgp]: signed by `signer` and encrypted to `recipients`, each named by fingerprint. `keys` is a file of the recipients'
    public keys, `signer_key` the signer's secret key with its `passphrase`, if it has one."""

    keys: Text
    recipients: Annotated[tuple[Fingerprint, ...], Field(min_length=1)]
    signer: Fingerprint
    signer_key: SecretReference
    passphrase: SecretReference | None = None


class AgeSealing(Part):
    """[outbox.age]: encrypted to `recipients`. It says nothing of who sent it."""

    recipients: Annotated[tuple[AgeRecipient, ...], Field(min_length=1)]


class PgpOpening(Part):
    """[inbox.pgp]: encrypted to our secret `key` and signed by one of `signers`, whose public keys are in the file `keys`."""

    keys: Text
    signers: Annotated[tuple[Fingerprint, ...], Field(min_length=1)]
    key: SecretReference
    passphrase: SecretReference | None = None


class AgeOpening(Part):
    """[inbox.age]: encrypted to our `identity`. What was changed on the way is refused; who sent it is not proved."""

    identity: SecretReference


class Outbox(Partner):
    """[[outbox]]: where `exports` (None: all) are delivered, or the requests to some sources (`requests`), and then no other exports than
    those that are named. `dated`: names hold the day of the export."""

    exports: Annotated[tuple[SafeName, ...], Field(min_length=1)] | None = None
    requests: Annotated[tuple[SafeName, ...], Field(min_length=1)] | None = None
    dated: bool = True
    pgp: PgpSealing | None = None
    age: AgeSealing | None = None


class Inbox(Partner):
    """[[inbox]]: files of a pattern (`files`) that are fetched before a run into the folder `into` (None: `inbox/<name>`).

    `unverified`: what happens with a file that is not what its control file says, or cannot be opened and verified: "refuse" ends the
    command, "warn" only tells. `replace`: a later file of a name takes the earlier one's place; otherwise both are kept. `most_files`:
    how many may lie there."""

    files: Text = "*"
    into: Annotated[Text, AfterValidator(_within)] | None = None
    unverified: Annotated[str, AfterValidator(one_of(("refuse", "warn")))] = "refuse"
    replace: bool = False
    most_files: Annotated[int, Field(ge=1, le=100_000)] = 1_000
    pgp: PgpOpening | None = None
    age: AgeOpening | None = None

    @property
    def folder(self) -> str:
        """Where the files go, relative to the project's folder."""
        return self.into or f"inbox/{self.name}"
