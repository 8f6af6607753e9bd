"""What a unit proves itself with: its SSH host key and its self-signed certificate, kept on its disk."""

from __future__ import annotations

import ssl
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from twin.polycom.factory_keys import factory_key
from twin.polycom.store import write_whole

SSH_KEY = "ssh_host_rsa_key"
WEB_KEY = "https.pem"  # private key and certificate
_MADE = datetime(2015, 1, 1)
_LIFE = timedelta(days=30 * 365)


def ssh_host_key(disk: Path, serial: str) -> str:
    """The private host key; written when the disk has none."""
    path = disk / SSH_KEY
    if not path.exists():
        write_whole(path, _private(factory_key(serial), serialization.PrivateFormat.OpenSSH))
    return path.read_text(encoding="ascii")


def web_context(disk: Path, serial: str) -> ssl.SSLContext:
    """The HTTPS server's side; key and certificate are written when the disk has none."""
    path = disk / WEB_KEY
    if not path.exists():
        key = factory_key(serial)
        write_whole(path, _private(key, serialization.PrivateFormat.PKCS8) + _certificate(key, serial))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(path)
    return context


def _private(key: rsa.RSAPrivateKey, form: serialization.PrivateFormat) -> str:
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode("ascii")


def _certificate(key: rsa.RSAPrivateKey, serial: str) -> str:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, serial)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(_MADE)
        .not_valid_after(_MADE + _LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    return certificate.public_bytes(serialization.Encoding.PEM).decode("ascii")
