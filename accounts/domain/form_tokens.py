"""What every form of the portal carries: the user and membership it was drawn for, its page, and a mark of this one
drawing (R-SEC-1).

Two tabs of one browser share one session, and with it the membership chosen last: without this a form would be saved
for another unit.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.core import signing
from django.utils.crypto import get_random_string, salted_hmac

FIELD, HEADER, SALT = "form_token", "X-Form-Token", "form"
# Fields the portal puts into a form by itself: marks made anew for every page, and the version of what the form was
# drawn for.
DECIDED_ON = "expected_version"
SEALS, VERSIONS = frozenset({"csrfmiddlewaretoken", FIELD}), frozenset({"version", DECIDED_ON})
OWN_FIELDS = SEALS | VERSIONS
NOBODY = 0


@dataclass(frozen=True)
class FormToken:
    """`page` is the whole address of the page the form stands on; `mark` is another for every drawing of a page."""

    user: int
    membership: int
    page: str
    mark: str

    def signed(self) -> str:
        return signing.dumps([self.user, self.membership, self.page, self.mark], salt=SALT, compress=True)

    def key(self, address: str, content: Iterable[tuple[str, str]]) -> str:
        """One handing-in of one drawing: to where, and what. The content is only in the digest."""
        said = "\0".join(
            [self.mark, str(self.user), str(self.membership), address, *(f"{name}\1{value}" for name, value in content)]
        )
        return salted_hmac("form.handed-in", said, algorithm="sha256").hexdigest()


def drawn(user: int | None, membership: int | None, page: str) -> FormToken:
    """The token of the forms of a page drawn now."""
    return FormToken(user or NOBODY, membership or NOBODY, page, get_random_string(16))


def read(text: str) -> FormToken | None:
    """The token behind a posted text; None for what the portal never drew."""
    try:
        user, membership, page, mark = signing.loads(text, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return FormToken(user, membership, page, mark)
