"""TLS contexts from certificates in files."""

from __future__ import annotations

import ssl

from dicome.errors import ArgumentError
from dicome.network.config import Tls


def server_context(tls: Tls) -> ssl.SSLContext:
    """Of a listener; clients must have a certificate where authorities are named. Raises ArgumentError."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    _load(context, tls)
    if tls.authorities is not None:
        context.verify_mode = ssl.CERT_REQUIRED
    return context


def client_context(tls: Tls) -> ssl.SSLContext:
    """Of a sender. Raises ArgumentError."""
    context = ssl.create_default_context() if tls.authorities is None else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if not tls.verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    _load(context, tls)
    return context


def _load(context: ssl.SSLContext, tls: Tls) -> None:
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if tls.key is not None and tls.certificate is None:
        raise ArgumentError(f"TLS: {tls.key}: a key needs its certificate")
    try:
        if tls.certificate is not None:
            context.load_cert_chain(tls.certificate, tls.key)
        if tls.authorities is not None:
            context.load_verify_locations(tls.authorities)
    except (OSError, ssl.SSLError) as problem:
        names = ", ".join(str(path) for path in (tls.certificate, tls.key, tls.authorities) if path is not None)
        raise ArgumentError(
            f"TLS: {names}: {getattr(problem, 'reason', None) or problem}; expected PEM files"
        ) from None
