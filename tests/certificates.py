"""Certificates for a server on 127.0.0.1, good ones and every kind of bad one, made anew for each test."""

import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Literal

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

Kind = Literal["good", "self-signed", "expired", "of another host", "of another authority"]


class Authority:
    """An authority whose certificate is in `file`, and what it and impostors hand out."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _name("Hall Authority")
        self.file = folder / "authority.pem"
        self.file.write_bytes(_issue(self._name, self._key, self._name, self._key, authority=True))

    def server(self, kind: Kind) -> ssl.SSLContext:
        """Return what a server on 127.0.0.1 shows that has such a certificate."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject, issuer, signs = _name("central"), self._name, self._key
        host, days = "127.0.0.1", 30
        match kind:
            case "good":
                pass
            case "self-signed":
                issuer, signs = subject, key
            case "expired":
                days = -1
            case "of another host":
                host = "127.0.0.9"
            case "of another authority":
                issuer, signs = _name("Somebody"), ec.generate_private_key(ec.SECP256R1())
        file = self._folder / f"{kind.replace(' ', '-')}.pem"
        content = _issue(subject, key, issuer, signs, host=host, days=days)
        file.write_bytes(content + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _issue(
    subject: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    issuer: x509.Name,
    signs: ec.EllipticCurvePrivateKey,
    *,
    authority: bool = False,
    host: str = "",
    days: int = 30,
) -> bytes:
    ends = datetime.now(UTC) + timedelta(days=days)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(ends - timedelta(days=60))
        .not_valid_after(ends)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signs.public_key()), critical=False)
    )
    if host:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(host))]), critical=False)
    return builder.sign(signs, hashes.SHA256()).public_bytes(Encoding.PEM)
