"""Keeps secrets: encrypts what must be read back, fingerprints what must only be recognised."""

import base64
import hmac
import os
from collections.abc import Sequence
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet


class VaultError(Exception):
    """A key is unusable, or a stored secret was written under another key or for another purpose."""


class Vault:
    """Encryption (Fernet) and keyed fingerprints under the same keys; the first key writes, every key reads."""

    def __init__(self, keys: Sequence[str]) -> None:
        try:
            raw = [base64.urlsafe_b64decode(key.encode()) for key in keys]
            self._fernet = MultiFernet([Fernet(key) for key in keys])
        except ValueError:
            raise VaultError(
                "an encryption key is not 32 bytes in URL-safe base64: "
                "cryptography.fernet.Fernet.generate_key() makes one"
            ) from None
        self._fingerprint_keys = [hmac.digest(key, b"molam-gateway fingerprint v1", "sha256") for key in raw]
        self._derived: dict[str, tuple[bytes, ...]] = {}

    def encrypt(self, purpose: str, text: str) -> str:
        """Encrypt `text`; `purpose` (say, its row) is sealed in, so that ciphertexts cannot be swapped."""
        return self._fernet.encrypt(f"{purpose}\0{text}".encode()).decode()

    def decrypt(self, purpose: str, token: str) -> str:
        """The text that was encrypted for `purpose`. Raises VaultError."""
        try:
            sealed, _, text = self._fernet.decrypt(token.encode()).decode().partition("\0")
        except InvalidToken:
            raise VaultError(f"the stored secret of {purpose} cannot be decrypted with the configured keys") from None
        if not hmac.compare_digest(sealed.encode(), purpose.encode()):
            raise VaultError(f"the stored secret of {purpose} was encrypted for something else")
        return text

    def reseal(self, token: str) -> str:
        """The same secret under the first key. Raises VaultError."""
        try:
            return self._fernet.rotate(token.encode()).decode()
        except InvalidToken:
            raise VaultError("a stored secret cannot be decrypted with the configured keys") from None

    def derive(self, name: str) -> bytes:
        """32 bytes that follow from the first key and a name: stable as long as the key is."""
        return hmac.digest(self._fingerprint_keys[0], f"derive {name}".encode(), "sha256")

    def derivations(self, name: str) -> tuple[bytes, ...]:
        """32 bytes that follow from a name and a key, one per key: the first is for writing, all are for checking."""
        if name not in self._derived:
            context = f"derive {name}".encode()
            self._derived[name] = tuple(hmac.digest(key, context, "sha256") for key in self._fingerprint_keys)
        return self._derived[name]

    def fingerprint(self, text: str) -> str:
        """The fingerprint under which a credential is stored."""
        return self.fingerprints(text)[0]

    def fingerprints(self, text: str) -> list[str]:
        """The fingerprints under which a credential may be stored, one per key."""
        return [hmac.digest(key, text.encode(), "sha256").hex() for key in self._fingerprint_keys]


def generate_key() -> str:
    """A new encryption key."""
    return Fernet.generate_key().decode()


def key_path(database: Path) -> Path:
    """Where the key of a sandbox database is if nobody gives one."""
    return database.with_name(database.name + ".key")


def key_beside(database: Path) -> str:
    """The key in the file next to a sandbox database, readable by its owner only; made on first use."""
    path = key_path(database)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text("latin-1").strip()
    key = generate_key()
    with os.fdopen(descriptor, "w") as file:
        file.write(key + "\n")
    return key
