"""The keys that sign tokens: Ed25519, sealed at rest, published as a JWK set (RFC 7517, RFC 8037)."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from ..domain.ids import IdGenerator
from ..domain.times import milliseconds
from ..services import Vault
from ..storage import signing_keys
from ..storage.port import Store, Transaction

ALGORITHM = "EdDSA"


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key pair; only the newest one signs, all of them verify."""

    kid: str
    public: Ed25519PublicKey
    private: Ed25519PrivateKey = field(repr=False)

    @property
    def jwk(self) -> Mapping[str, str]:
        """The public half as it is published."""
        raw = self.public.public_bytes(Encoding.Raw, PublicFormat.Raw)
        x = base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
        return {"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": ALGORITHM, "kid": self.kid, "x": x}


async def load(store: Store, vault: Vault) -> list[SigningKey]:
    """The keys in force, the one that signs first."""
    async with store.reading() as reader:
        rows = await signing_keys.in_force(reader)
    return [_opened(vault, row.kid, row.private_key) for row in rows]


async def ensure(store: Store, vault: Vault, ids: IdGenerator, now: datetime) -> None:
    """Make the first key; processes that start at once may make several, which does no harm."""
    async with store.transaction() as tx:
        if not await signing_keys.in_force(tx):
            await add(tx, vault, ids, now)


async def add(tx: Transaction, vault: Vault, ids: IdGenerator, now: datetime) -> str:
    """Make a key that signs from now on; earlier ones verify until they are retired. Returns its id."""
    kid = ids.new("jwk", now)
    raw = Ed25519PrivateKey.generate().private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
    sealed = vault.encrypt(_purpose(kid), base64.b64encode(raw).decode())
    await signing_keys.insert(tx, kid=kid, private_key=sealed, created_at=milliseconds(now))
    return kid


def _opened(vault: Vault, kid: str, sealed: str) -> SigningKey:
    private = Ed25519PrivateKey.from_private_bytes(base64.b64decode(vault.decrypt(_purpose(kid), sealed)))
    return SigningKey(kid, private.public_key(), private)


def _purpose(kid: str) -> str:
    return f"signing_key:{kid}"
