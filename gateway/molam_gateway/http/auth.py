"""Decides who calls: a bearer API key, stored as a keyed fingerprint."""

import hmac
import re
from collections.abc import Mapping

from ..domain.audit.actors import Actor
from ..domain.call import Account
from ..domain.problems import ProblemError
from ..storage import api_keys
from ..storage.port import Store
from ..vault import Vault

_BEARER = re.compile(r"bearer ([\x21-\x7e]{1,4096})", re.IGNORECASE | re.ASCII)
_PREFIXES = {True: "sk_live_", False: "sk_test_"}


class Authenticator:
    """Recognises the API keys of one mode."""

    def __init__(self, store: Store, vault: Vault, *, livemode: bool) -> None:
        self._store = store
        self._vault = vault
        self._livemode = livemode

    async def authenticate(self, headers: Mapping[str, str]) -> Account:
        """The caller's account. Raises ProblemError: 401, or 403 for a key of the other mode."""
        match = _BEARER.fullmatch(headers.get("authorization", ""))
        if match is None:
            raise ProblemError("api_key_invalid", "Send an API key as Authorization: Bearer sk_test_...")
        token = match[1]
        if token.startswith(_PREFIXES[not self._livemode]):
            mode = "live" if self._livemode else "sandbox"
            raise ProblemError("livemode_mismatch", f"This is the {mode} gateway, the key is of the other mode.")
        async with self._store.reading() as reader:
            for fingerprint in self._vault.fingerprints(token):
                key = await api_keys.find(reader, fingerprint)
                if key is not None and hmac.compare_digest(key.fingerprint, fingerprint):
                    return Account(
                        id=key.account_id,
                        livemode=key.livemode,
                        scopes=frozenset(key.scopes),
                        actor=Actor("api_key", key.id),
                    )
        raise ProblemError("api_key_invalid", "The API key is not known here: check it, or make a new one.")
