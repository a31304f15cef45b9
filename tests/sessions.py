"""Somebody logged in, as far as a page can tell."""

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.cached_db import SessionStore
from django.test import Client
from django.utils.crypto import get_random_string

from accounts.models import User

force_login = Client.force_login


def logged_in(client: Client, user: User, backend: str | None = None) -> None:
    """In place of Django's `force_login`, which asks and writes sixteen times: the session, and no mark of a login. A
    client that has a session already keeps what is in it, so Django logs it in.
    """
    if settings.SESSION_COOKIE_NAME in client.cookies:
        force_login(client, user, backend)
        return
    session = SessionStore(get_random_string(32))
    session[SESSION_KEY], session[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
    session[BACKEND_SESSION_KEY] = backend or client._get_backend()
    session.save(must_create=True)
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
