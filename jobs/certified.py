"""What a certificate says its holder may be in a cluster: one role or more, each a URI among its alternative names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

ROLES = ("scheduler", "worker", "client")
ROLE_PREFIX = "urn:skiptrace:"


def roles_in(certificate: Mapping[str, Any] | None) -> frozenset[str]:
    """The roles that a certificate names, as `ssl.SSLSocket.getpeercert` tells it; none where there is no certificate."""
    names = {value for kind, value in (certificate or {}).get("subjectAltName", ()) if kind == "URI"}
    return frozenset(role for role in ROLES if ROLE_PREFIX + role in names)
