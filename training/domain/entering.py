"""Citizen numbers entered are counted by unit and day, and there is an end to them (R-SEC-1)."""

from __future__ import annotations

from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.domain.audit import record
from accounts.models import Organisation, Post
from training.models import NumbersEntered

COUNT = """
    INSERT INTO training_numbersentered (organisation_id, day, count) VALUES (%(organisation)s, %(day)s, %(count)s)
    ON CONFLICT (organisation_id, day) DO UPDATE SET count = training_numbersentered.count + excluded.count
"""


def why_no_more(organisation: Organisation, count: int) -> str:
    """The sentence that ends the day's entering, or ""."""
    found = NumbersEntered.objects.filter(organisation=organisation, day=timezone.localdate()).values_list("count", flat=True).first() or 0
    most = settings.FANBU_NUMBERS_A_DAY
    if found + count <= most:
        return ""
    return _("本单位今天录入的公民身份号码已达%(most)s个的上限，请明天再录入；确有需要的，请联系当地人社部门。") % {"most": most}


def count_numbers(organisation: Organisation, count: int, *, by: Post) -> str:
    """Count numbers before they are looked at; gives the sentence that refuses them where they are too many, which is on record then.

    Stays counted whatever becomes of the caller's transaction only when called outside of one; the sentence says nothing of any number.
    """
    if why := why_no_more(organisation, count):
        record("roster.numbers_ended", by=by, on=organisation, division=organisation.division_id, numbers=count)
        return why
    with connection.cursor() as cursor:
        cursor.execute(COUNT, {"organisation": organisation.pk, "day": timezone.localdate(), "count": count})
    return ""
