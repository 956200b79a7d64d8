"""The simulator's RSA key, and the certificate that goes with it."""

import base64
from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

_given: list[rsa.RSAPrivateKey] = []


def key() -> rsa.RSAPrivateKey:
    """One for the process: the one that `use` was given, else a new one."""
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
    """The certificate in PEM, as merchants download it."""
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


def decrypted(credential: str) -> str | None:
    """The password in a security credential, None if there is none (RSA, PKCS#1 v1.5)."""
    try:
        return key().decrypt(base64.b64decode(credential, validate=True), padding.PKCS1v15()).decode()
    except ValueError:
        return None
