"""A throw-away certificate authority for the TLS variant of the fault server."""

from __future__ import annotations

import ssl
from dataclasses import dataclass

import trustme


@dataclass(frozen=True)
class Authority:
    """`server` goes to the fault server, `pem` into a client's `ca_bundle`."""

    server: ssl.SSLContext
    pem: bytes


def make_authority(host: str = "localhost") -> Authority:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate = authority.issue_cert(host)
    certificate.configure_cert(context)  # pyright: ignore[reportUnknownMemberType] - pyOpenSSL is not installed
    return Authority(context, authority.cert_pem.bytes())
