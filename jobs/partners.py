"""What outboxes and inboxes have in common: secrets read, places opened, keys laid out; all of it tried before a run begins."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from skiptrace.errors import ConfigError, Problem, SkiptraceError
from skiptrace.exchange import age, hosts, pgp, sftp
from skiptrace.exchange.boxes import Box, library
from skiptrace.exchange.store import PlaceBox
from skiptrace.project import Project, secret_of
from skiptrace.project.exchange import Inbox, Outbox, Partner
from skiptrace.store.places import Place, place_of

_LARGEST = 1 << 20
Seal = Callable[[Path, Path], None]
"""Encrypts the first file into the second, which is there."""
Unseal = Callable[[Path, Path, str], str]
"""Decrypts the first file, delivered under this name, into the second, which is new; returns what is known of the sender."""


class Partners:
    """The partners of a project, with the secrets of its environment."""

    def __init__(self, project: Project, environ: Mapping[str, str]) -> None:
        self._project, self._environ = project, environ

    def require_ready(self) -> None:
        """Raise ConfigError (exit 2) with what is missing of extras, programs, secrets and keys, and UnsafePermissions (exit 78) where
        other users could read a secret. Nobody is asked."""
        problems: list[Problem] = []
        for partner in (*self._project.outbox, *self._project.inbox):
            try:
                if partner.remote:
                    self._host(partner)
                with ExitStack() as stack:
                    if isinstance(partner, Outbox):
                        stack.enter_context(self.seal(partner))
                    elif isinstance(partner, Inbox):
                        stack.enter_context(self.unseal(partner, 0))
            except ConfigError as error:
                problems += error.problems or (Problem(self._place(partner), "", error.message, ""),)
        if problems:
            raise ConfigError("files cannot be exchanged as the project file says", tuple(problems))

    @contextmanager
    def box(self, partner: Partner) -> Iterator[Box]:
        """The partner's folder, open. Raises as `Box`."""
        if partner.remote:
            with sftp.opened(self._host(partner)) as box:
                yield box
        else:
            yield PlaceBox(self._at(partner.place))

    @contextmanager
    def seal(self, outbox: Outbox) -> Iterator[tuple[Seal | None, str]]:
        """How files of an outbox are encrypted (None: not at all), and the suffix that their names get."""
        place = self._place(outbox)
        with ExitStack() as stack:
            if outbox.age is not None:
                recipients = age.recipients_of(outbox.age.recipients, f"{place}.age")
                yield lambda source, target: age.seal(source, target, recipients), age.SUFFIX
            elif (by := outbox.pgp) is not None:
                keys = [self._file(by.keys, f"{place}.pgp.keys"), self._secret(by.signer_key, f"{place}.pgp.signer_key")]
                gpg = stack.enter_context(pgp.keyring(keys, [*by.recipients, by.signer], f"{place}.pgp"))
                word = self._word(by.passphrase, f"{place}.pgp.passphrase")
                yield lambda source, target: pgp.seal(gpg, source, target, by.recipients, by.signer, word), pgp.SUFFIX
            else:
                yield None, ""

    @contextmanager
    def unseal(self, inbox: Inbox, most: int) -> Iterator[Unseal | None]:
        """How files of an inbox are decrypted and verified (None: they come plain). `most`: bytes that one may have."""
        place = self._place(inbox)
        with ExitStack() as stack:
            if inbox.age is not None:
                identities = age.identities_of(self._secret(inbox.age.identity, f"{place}.age.identity"), f"{place}.age")

                def by_age(source: Path, target: Path, name: str) -> str:
                    age.unseal(source, target, identities, name)
                    return "unchanged since it was encrypted to us (age); who sent it is not proved"

                yield by_age
            elif (by := inbox.pgp) is not None:
                keys = [self._file(by.keys, f"{place}.pgp.keys"), self._secret(by.key, f"{place}.pgp.key")]
                gpg = stack.enter_context(pgp.keyring(keys, by.signers, f"{place}.pgp"))
                word = self._word(by.passphrase, f"{place}.pgp.passphrase")

                def by_pgp(source: Path, target: Path, name: str) -> str:
                    return f"signed by {pgp.unseal(gpg, source, target, by.signers, word, most, name)} (PGP)"

                yield by_pgp
            else:
                yield None

    def _host(self, partner: Partner) -> hosts.Host:
        place = self._place(partner)
        library("paramiko", "sftp")
        host = hosts.host_of(partner.place, place, frozenset())
        pins = {partner.host_key} if partner.host_key else set()
        if partner.known_hosts:
            pins |= hosts.pinned_in(self._project.folder / partner.known_hosts, host.host, host.port, place)
        word = self._word(partner.passphrase, f"{place}.passphrase")
        key = None if partner.key is None else hosts.private_key(self._secret(partner.key, f"{place}.key"), word, place)
        return hosts.host_of(partner.place, place, frozenset(pins), key, self._word(partner.password, f"{place}.password"))

    def _place(self, partner: Partner) -> str:
        """How messages name a partner's section."""
        kind = "outbox" if isinstance(partner, Outbox) else "inbox"
        among: tuple[Partner, ...] = self._project.outbox if isinstance(partner, Outbox) else self._project.inbox
        return f"{kind}[{among.index(partner) + 1}]"

    def _at(self, text: str) -> Place:
        place = place_of(text)
        return self._project.folder / place if isinstance(place, Path) else place

    def _secret(self, reference: str, place: str) -> bytes:
        return secret_of(self._project, reference, place, self._environ, "a secret for exchanging files is missing")

    def _word(self, reference: str | None, place: str) -> str | None:
        return None if reference is None else self._secret(reference, place).decode("utf-8", "replace").strip("\r\n")

    def _file(self, name: str, place: str) -> bytes:
        file = self._project.folder / name
        try:
            if file.stat().st_size <= _LARGEST:
                return file.read_bytes()
            what = "is no key file: it is larger than 1 MiB"
        except OSError:
            what = "names a file that is not there or cannot be read"
        raise ConfigError("PGP cannot be used", (Problem(self._project.file.name, place, what, "export the public keys there"),))


def all_of(errors: list[SkiptraceError]) -> None:
    """Raise all that went wrong with several partners as one error of the first one's kind, if anything did."""
    if errors:
        problems = tuple(problem for error in errors for problem in error.problems)
        raise type(errors[0])("; ".join(dict.fromkeys(error.message for error in errors)), problems)
