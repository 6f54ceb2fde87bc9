"""`make sbom`: the bill of materials of what a run needs, as CycloneDX JSON.

Made from the lock file and the licences of the locked packages alone, without a clock and without a random number: the same lock gives the
same bytes. Who asked for what is read from the lock's own comments.
"""

from __future__ import annotations

import json
import sys
import uuid
from collections.abc import Collection
from pathlib import Path
from typing import Any, Final

import skiptrace
from jobs.supply.licences import Licensed, licensed, read_policy
from jobs.supply.locks import ROOT, RUN, Locked, read_lock
from skiptrace.errors import ConfigError

FORMAT_VERSION: Final = "1.6"
_US: Final = "skiptrace"
_NAMES: Final = uuid.UUID("7f1b9f7e-58a7-5d41-9d8c-0c7ad5b4c3d2")
"""Drawn once; serial numbers are made of it and of the content."""


def bill(found: Collection[Licensed]) -> bytes:
    """The bill of these packages. Each carries the SHA-256 of every file of its release that the lock lets in."""
    version = skiptrace.__version__
    us = f"pkg:pypi/{_US}@{version}"
    content: dict[str, Any] = {
        "$schema": f"http://cyclonedx.org/schema/bom-{FORMAT_VERSION}.schema.json",
        "bomFormat": "CycloneDX", "specVersion": FORMAT_VERSION, "version": 1,
        "metadata": {
            "component": {
                "type": "application", "bom-ref": us, "name": _US, "version": version, "purl": us,
                "licenses": [{"license": {"id": "MIT"}}],
            }
        },
        "components": [_component(one) for one in found],
        "dependencies": _dependencies([one.package for one in found], us),
    }  # fmt: skip
    serial = uuid.uuid5(_NAMES, json.dumps(content, sort_keys=True))
    return (json.dumps({**content, "serialNumber": f"urn:uuid:{serial}"}, indent=2, sort_keys=True) + "\n").encode()


def _component(one: Licensed) -> dict[str, Any]:
    package = one.package
    single = " " not in one.licence
    return {
        "type": "library", "bom-ref": package.purl, "name": package.name, "version": package.version, "purl": package.purl,
        "licenses": [{"license": {"id": one.licence}} if single else {"expression": one.licence}],
        "hashes": [{"alg": "SHA-256", "content": text} for text in package.hashes],
    }  # fmt: skip


def _dependencies(packages: Collection[Locked], us: str) -> list[dict[str, Any]]:
    """Who needs whom: the lock says of each package who asked for it, a bill says of each what it asks for."""
    address = {package.name: package.purl for package in packages} | {_US: us}
    needs: dict[str, set[str]] = {purl: set() for purl in address.values()}
    for package in packages:
        for asker in package.wanted_by:
            if asker in address:
                needs[address[asker]].add(package.purl)
    return [{"ref": ref, "dependsOn": sorted(needed)} for ref, needed in sorted(needs.items())]


def main(arguments: list[str]) -> int:
    """Write the bill to the file that is named, or to dist/; exit code 2 where a licence is open."""
    target = Path(arguments[0]) if arguments else ROOT / "dist" / f"{_US}.cdx.json"
    try:
        policy = read_policy()
        found = licensed(read_lock(RUN), policy, whole=False)
    except ConfigError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(bill(found))
    sys.stdout.write(f"{target}: {len(found)} packages\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
