"""How messages leave the portal, as the environment says it: addresses of the mail server and of the SMS gateway."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

SMTP_PORTS = {"smtp": 25, "smtp+tls": 587, "smtps": 465}
LEAST_SECRET = 16
HELP = "see docs/operations.md"


def mail(given: Mapping[str, str]) -> tuple[str, dict[str, object]]:
    """Django's mail backend and its options, of FANBU_MAIL: smtp://, smtp+tls:// (STARTTLS), smtps://, file:///folder,
    console: or empty.
    """
    value = given.get("FANBU_MAIL", "")
    backends, url = "django.core.mail.backends.", urlsplit(value)
    if not value:
        return "", {}
    if url.scheme == "console":
        return f"{backends}console.EmailBackend", {}
    if url.scheme == "file" and url.path.startswith("/"):
        return f"{backends}filebased.EmailBackend", {"file_path": url.path}
    if url.scheme in SMTP_PORTS and url.hostname:
        return f"{backends}smtp.EmailBackend", {
            "host": url.hostname,
            "port": url.port or SMTP_PORTS[url.scheme],
            "username": unquote(url.username or ""),
            "password": unquote(url.password or ""),
            "use_tls": url.scheme == "smtp+tls",
            "use_ssl": url.scheme == "smtps",
        }
    raise ImproperlyConfigured(
        f"FANBU_MAIL: write smtp+tls://user:password@host:587, smtps://…, file:///folder or console: ({HELP})"
    )


def sms(given: Mapping[str, str]) -> tuple[str, str, str]:
    """(adapter, gateway's address, folder) of FANBU_SMS: https://…, file:///folder, console: or empty. A gateway needs
    FANBU_SMS_SECRET.
    """
    value = given.get("FANBU_SMS", "")
    url = urlsplit(value)
    if not value:
        return "", "", ""
    if url.scheme == "console":
        return "console", "", ""
    if url.scheme == "file" and url.path.startswith("/"):
        return "file", "", url.path
    if url.scheme not in ("http", "https") or not url.hostname:
        raise ImproperlyConfigured(f"FANBU_SMS: write https://gateway/…, file:///folder or console: ({HELP})")
    if len(given.get("FANBU_SMS_SECRET", "")) < LEAST_SECRET:
        raise ImproperlyConfigured(
            f"FANBU_SMS_SECRET needs {LEAST_SECRET} characters drawn by chance: the gateway knows the portal by it"
            f" ({HELP})"
        )
    return "http", value, ""
