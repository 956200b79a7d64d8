"""The TLS contexts of this process: one per set of options, built at the first https connection."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from .errors import ConfigurationError

if TYPE_CHECKING:
    import ssl

    from .config import Config

_contexts: dict[tuple[object, ...], ssl.SSLContext] = {}


def context_for(config: Config) -> ssl.SSLContext:
    """Return the context for a client's options.

    Raises:
        ConfigurationError: If a certificate, key or CA bundle cannot be read.
    """
    return _context(config, verify=config.verify, cert=config.mtls_cert, key=config.mtls_key)


def context_for_proxy(config: Config) -> ssl.SSLContext:
    """Return the context for a proxy: it is always checked, and the client's certificate is not for it.

    Raises:
        ConfigurationError: If the CA bundle cannot be read.
    """
    return _context(config, verify=True, cert=None, key=None)


def _context(config: Config, *, verify: bool, cert: str | None, key: str | None) -> ssl.SSLContext:
    version = (
        verify,
        *map(_version, (config.ca_bundle, cert, key)),
        os.environ.get("SSL_CERT_FILE") if config.trust_env else None,
        os.environ.get("SSL_CERT_DIR") if config.trust_env else None,
    )
    found = _contexts.get(version)
    if found is None:
        found = _contexts[version] = _build(config, verify=verify, cert=cert, key=key)
    return found


def forget() -> None:
    """Build every context anew, as at the start of the process."""
    _contexts.clear()


def _version(path: str | None) -> tuple[str, int] | None:
    """Return what changes when a file is replaced: a client made after a renewal must not get the old certificate."""
    if path is None:
        return None
    try:
        return path, Path(path).stat().st_mtime_ns
    except OSError:
        return path, 0


def _build(config: Config, *, verify: bool, cert: str | None, key: str | None) -> ssl.SSLContext:
    import ssl

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    else:
        _load_authorities(context, config)
    if cert is not None:
        try:
            context.load_cert_chain(cert, key, password="")
        except (OSError, ssl.SSLError) as error:
            raise ConfigurationError(
                "mtls_cert and mtls_key cannot be loaded: they must be PEM files that belong "
                "together, the key without a passphrase",
                cause_type=type(error).__name__,
            ) from None
    return context


def _load_authorities(context: ssl.SSLContext, config: Config) -> None:
    file = config.ca_bundle
    directory = None
    if file is None and config.trust_env:
        file = os.environ.get("SSL_CERT_FILE")
        directory = os.environ.get("SSL_CERT_DIR")
    if file is None and directory is None:
        import certifi

        file = certifi.where()
    try:
        context.load_verify_locations(file, directory)
    except (OSError, ValueError) as error:
        raise ConfigurationError(
            "the CA bundle cannot be loaded: ca_bundle must be a PEM file with certificates",
            cause_type=type(error).__name__,
        ) from None
