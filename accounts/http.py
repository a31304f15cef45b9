"""The request every page is asked with, as the middleware hands it on."""

from __future__ import annotations

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from accounts.models import Membership, User


class Request(HttpRequest):
    """`membership` is the one acted in: set on every request, None only before pages that `membership_required` or the
    login stands in front of are reached (`accounts.middleware`); `memberships` are all the user may act in. `htmx` is
    false for a whole page.
    """

    user: User
    membership: Membership
    memberships: list[Membership]
    htmx: HtmxDetails
