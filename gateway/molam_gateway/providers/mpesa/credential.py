"""The security credential: the initiator's password under the public key of Safaricom's certificate."""

import base64
import hashlib

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from ..configuration import ConfigurationError

_MOST = 256


class Credentials:
    """Encrypts each password once for each certificate (RSA, PKCS#1 v1.5), and keeps only what came of it."""

    def __init__(self) -> None:
        self._made: dict[bytes, str] = {}

    def of(self, certificate: str, password: str) -> str:
        """The credential in base64. Raises ConfigurationError."""
        key = hashlib.sha256(f"{len(certificate)}:{certificate}{password}".encode()).digest()
        made = self._made.get(key)
        if made is None:
            if len(self._made) >= _MOST:
                self._made.clear()
            ciphertext = public_key(certificate).encrypt(password.encode(), padding.PKCS1v15())
            made = self._made[key] = base64.b64encode(ciphertext).decode()
        return made


def public_key(certificate: str) -> rsa.RSAPublicKey:
    """The RSA key in a PEM certificate. Raises ConfigurationError."""
    try:
        key = x509.load_pem_x509_certificate(certificate.encode()).public_key()
    except ValueError:
        raise ConfigurationError(
            "certificate: this is no PEM certificate; download it from the Daraja portal"
        ) from None
    if not isinstance(key, rsa.RSAPublicKey):
        raise ConfigurationError("certificate: its key is no RSA key; download it from the Daraja portal")
    return key
