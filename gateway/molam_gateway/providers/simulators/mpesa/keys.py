"""The simulator's RSA key, and the certificate that goes with it."""

import base64
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache, cached_property
from typing import cast

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

from ..book import Book

_KIND, _OWN = "rsa", "own"
_given: list[rsa.RSAPrivateKey] = []


def key() -> rsa.RSAPrivateKey:
    """One for the new books of a process: the one that `use` was given, else one of its own."""
    return _given[-1] if _given else _made()


def use(pem: bytes) -> None:
    """Go by a key that another process made."""
    loaded = serialization.load_pem_private_key(pem, None)
    if not isinstance(loaded, rsa.RSAPrivateKey):
        raise TypeError("the simulated Daraja goes by an RSA key")
    _given.append(loaded)


def pem() -> bytes:
    """The key for other processes."""
    return key().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


@cache
def _made() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def certificate() -> str:
    """The certificate of that key in PEM."""
    return _certificate_of(key())


@cache
def _certificate_of(signer: rsa.RSAPrivateKey) -> str:
    return certificate_of(signer)


def certificate_of(signer: rsa.RSAPrivateKey) -> str:
    """A certificate that a key signs for itself."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "simulated Daraja")])
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(signer.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + timedelta(days=3650))
        .sign(signer, hashes.SHA256())
    )
    return built.public_bytes(serialization.Encoding.PEM).decode()


class Keys:
    """One simulator's, which are kept in its book: merchants have configured the certificate."""

    def __init__(self, book: Book) -> None:
        self._book = book

    @property
    def certificate(self) -> str:
        """The certificate in PEM."""
        return self._kept["certificate"]

    def decrypted(self, credential: str) -> str | None:
        """The password in a security credential, None if there is none (RSA, PKCS#1 v1.5)."""
        try:
            return self._key.decrypt(base64.b64decode(credential, validate=True), padding.PKCS1v15()).decode()
        except ValueError:
            return None

    @cached_property
    def _key(self) -> rsa.RSAPrivateKey:
        return cast(rsa.RSAPrivateKey, serialization.load_pem_private_key(self._kept["key"].encode(), None))

    @cached_property
    def _kept(self) -> Mapping[str, str]:
        kept = self._book.find(_KIND, _OWN)
        if kept is None:
            kept = {"key": pem().decode(), "certificate": certificate()}
            self._book.put(_KIND, _OWN, kept)
        return kept
