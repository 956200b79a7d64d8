"""The TLS contexts of this process: one per set of options, made anew for the next connection when a file changes."""

from __future__ import annotations

import logging
import os
from threading import Lock
from typing import TYPE_CHECKING

from ..errors import ConfigurationError

if TYPE_CHECKING:
    import ssl

    from ..config import Config

_Stamp = tuple[int, int, int, int]

_log = logging.getLogger("molam_sdk")


class _Kept:
    """A context and the files that it was made of, as they were then."""

    __slots__ = ("context", "stamps", "warned")

    def __init__(self, context: ssl.SSLContext, stamps: tuple[_Stamp | None, ...]) -> None:
        self.context = context
        self.stamps = stamps
        self.warned = False


_kept: dict[tuple[object, ...], _Kept] = {}
_building = Lock()


def context_for(config: Config) -> ssl.SSLContext:
    """Return the context for a client's next connection: it is asked for each, and costs a `stat` for each file.

    Files that changed are read again. Those that cannot be used, half-written or a certificate without its key, leave
    the last context in use and one warning in the log, until they can.

    Raises:
        ConfigurationError: If a certificate, key or CA bundle cannot be read, and never could.
    """
    return _context(config, verify=config.verify, cert=config.mtls_cert, key=config.mtls_key)


def context_for_proxy(config: Config) -> ssl.SSLContext:
    """Return the context for a proxy: it is always checked, and the client's certificate is not for it.

    Raises:
        ConfigurationError: If the CA bundle cannot be read, and never could.
    """
    return _context(config, verify=True, cert=None, key=None)


def check_files(config: Config) -> None:
    """Read the files of the options, for the first connection too.

    Raises:
        ConfigurationError: If a certificate, key or CA bundle cannot be read, and never could.
    """
    context_for(config)
    if not config.verify:
        context_for_proxy(config)


def context_of_certifi() -> ssl.SSLContext:
    """Return the context that trusts certifi's authorities and shows no certificate."""
    return _kept_context(None, None, verify=True, cert=None, key=None)


def forget() -> None:
    """Build every context anew, as at the start of the process."""
    _kept.clear()


def _context(config: Config, *, verify: bool, cert: str | None, key: str | None) -> ssl.SSLContext:
    authorities, directory = _authorities(config) if verify else (None, None)
    return _kept_context(authorities, directory, verify=verify, cert=cert, key=key)


def _kept_context(
    authorities: str | None, directory: str | None, *, verify: bool, cert: str | None, key: str | None
) -> ssl.SSLContext:
    files = (authorities, directory, cert, key)
    name = (verify, *files)
    stamps = tuple(None if path is None else _stamp(path) for path in files)
    found = _kept.get(name)
    if found is not None and found.stamps == stamps:
        return found.context
    with _building:
        found = _kept.get(name)
        if found is not None and found.stamps == stamps:
            return found.context
        try:
            context = _build(authorities, directory, verify=verify, cert=cert, key=key)
        except ConfigurationError as error:
            if found is None:
                raise
            if not found.warned:
                found.warned = True
                _log.warning("TLS goes on with the files that were read last: %s", error.message)
            return found.context
        _kept[name] = _Kept(context, stamps)
        return context


def _authorities(config: Config) -> tuple[str | None, str | None]:
    """Return the file and the directory of the authorities to trust; (None, None) stands for certifi's."""
    if config.ca_bundle is not None or not config.trust_env:
        return config.ca_bundle, None
    return os.environ.get("SSL_CERT_FILE") or None, os.environ.get("SSL_CERT_DIR") or None


def _stamp(path: str) -> _Stamp | None:
    """Return what changes when a file is written or replaced, or a link in its path turned elsewhere."""
    try:
        found = os.stat(path)  # noqa: PTH116 - a third of the time of Path.stat(), at each connection
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino, found.st_dev


def _build(
    authorities: str | None, directory: str | None, *, verify: bool, cert: str | None, key: str | None
) -> ssl.SSLContext:
    import ssl

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if cert is not None:
        _load_certificate(context, cert, key)
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context
    if authorities is None and directory is None:
        import certifi

        authorities = certifi.where()
    try:
        context.load_verify_locations(authorities, directory)
    except (OSError, ValueError) as error:
        raise ConfigurationError(
            "the CA bundle cannot be loaded: ca_bundle must be a PEM file with certificates",
            cause_type=type(error).__name__,
        ) from None
    return context


def _load_certificate(context: ssl.SSLContext, cert: str, key: str | None) -> None:
    try:
        context.load_cert_chain(cert, key, password=_no_passphrase)
    except _EncryptedKey:
        what = "the private key of mtls_cert is encrypted: it must be a PEM file without a passphrase"
        raise ConfigurationError(what) from None
    except (OSError, ValueError) as error:
        if getattr(error, "reason", None) == "KEY_VALUES_MISMATCH":
            what = "mtls_cert and mtls_key do not belong together"
        elif key is None:
            what = "mtls_cert cannot be loaded: it must be a PEM file with certificate and key, or pass mtls_key too"
        else:
            what = "mtls_cert and mtls_key cannot be loaded: they must be PEM files, the key without a passphrase"
        raise ConfigurationError(what, cause_type=type(error).__name__) from None


class _EncryptedKey(Exception):
    """OpenSSL asks for a passphrase."""


def _no_passphrase() -> str:
    raise _EncryptedKey


def _after_fork() -> None:
    """A thread of the parent may have been building: the child neither waits for it nor needs its lock."""
    global _building
    _building = Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
