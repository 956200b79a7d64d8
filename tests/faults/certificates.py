"""Throw-away certificate authorities, and certificates of every kind, good and bad."""

from __future__ import annotations

import ipaddress
import ssl
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

SERVER, CLIENT = ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH
DAY = timedelta(days=1)


def trusting(authority: bytes) -> ssl.SSLContext:
    """A client's context; Python 3.13 would ask for extensions that these certificates do without."""
    context = ssl.create_default_context(cadata=authority.decode())
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    return context


@dataclass(frozen=True)
class Issued:
    """A certificate and its private key in PEM."""

    cert: bytes
    key: bytes

    @property
    def serial(self) -> str:
        """As `ssl` writes it."""
        digits = f"{x509.load_pem_x509_certificate(self.cert).serial_number:X}"
        return digits if len(digits) % 2 == 0 else f"0{digits}"

    def locked(self, passphrase: bytes) -> bytes:
        """The key, encrypted."""
        key = serialization.load_pem_private_key(self.key, None)
        return key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(passphrase),
        )

    def into(self, context: ssl.SSLContext) -> None:
        with tempfile.NamedTemporaryFile() as file:
            file.write(self.key + self.cert)
            file.flush()
            context.load_cert_chain(file.name)


@dataclass(frozen=True)
class Issuer:
    """An authority that certifies whatever it is asked to."""

    authority: trustme.CA = field(default_factory=trustme.CA)

    @property
    def pem(self) -> bytes:
        return self.authority.cert_pem.bytes()

    def issue(
        self,
        *names: str,
        usages: Sequence[x509.ObjectIdentifier] = (SERVER,),
        begins: timedelta = -DAY,
        ends: timedelta = DAY,
        self_signed: bool = False,
    ) -> Issued:
        """A certificate for host names and addresses, valid from and until so long from now."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "of a test")])
        issuer = x509.load_pem_x509_certificate(self.pem)
        now = datetime.now(UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name if self_signed else issuer.subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + begins)
            .not_valid_after(now + ends)
            .add_extension(x509.SubjectAlternativeName([_general(each) for each in names or ("client",)]), False)
            .add_extension(x509.ExtendedKeyUsage(usages), False)
        )
        signer = serialization.load_pem_private_key(self.authority.private_key_pem.bytes(), None)
        assert isinstance(signer, ec.EllipticCurvePrivateKey)
        signed = builder.sign(key if self_signed else signer, hashes.SHA256())
        return Issued(
            signed.public_bytes(serialization.Encoding.PEM),
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            ),
        )

    def client(self, *, begins: timedelta = -DAY, ends: timedelta = DAY) -> Issued:
        return self.issue("client.test", usages=(CLIENT,), begins=begins, ends=ends)

    def server(self, issued: Issued, *, clients_of: Issuer | None = None) -> ssl.SSLContext:
        """A server with that certificate; with `clients_of` it requires one of its clients."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        issued.into(context)
        if clients_of is not None:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(cadata=clients_of.pem.decode())
        return context


@dataclass(frozen=True)
class Authority:
    """`server` goes to the fault server, `pem` into a client's `ca_bundle`."""

    server: ssl.SSLContext
    pem: bytes


def make_authority(host: str = "localhost") -> Authority:
    issuer = Issuer()
    return Authority(issuer.server(issuer.issue(host)), issuer.pem)


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
