"""The request every page is asked with, as the middleware hands it on; the status of a page that shows a form."""

from __future__ import annotations

from django.forms import BaseForm
from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from accounts.models import Membership, User
from kit.refusals import NotValid
from kit.versions import Stale


class Request(HttpRequest):
    """`membership` is the one acted in: set on every request, None only before pages that `membership_required` or the
    login stands in front of are reached (`accounts.middleware`); `memberships` are all the user may act in. `htmx` is
    false for a whole page.
    """

    user: User
    membership: Membership
    memberships: list[Membership]
    htmx: HtmxDetails


def status_of(*forms: BaseForm | None, stale: Stale | None = None) -> int:
    """200; of forms that say what is wrong with them the same as of a refused act: 409 for a draft somebody else
    changed (`stale`), 400 for the rest.
    """
    if stale:
        return stale.status
    return NotValid.status if any(form and form.errors for form in forms) else 200
