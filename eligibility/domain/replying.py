"""A department answers what it is asked: one or many at once, with letter, note or file; the office that asked gets a
notice (R-ELG-5).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Membership
from casework.domain.files import attach
from casework.models import Notice
from eligibility.domain.assistance import Reply, Taken, answer, answer_many
from eligibility.domain.departments import REPLY, named, put_to
from eligibility.domain.examine import subjects
from eligibility.models import Assistance
from kit.text import written

KIND = "assistance"


def chosen_for(membership: Membership, ids: Collection[int]) -> list[Assistance] | None:
    """The department's questions of these ids; None when one of them is not its own to answer."""
    rows = list(put_to(membership).filter(pk__in=ids).select_related("person").order_by("id"))
    return rows if len(rows) == len(set(ids)) else None


def reply(
    rows: Sequence[Assistance],
    given: str,
    *,
    by: Membership,
    letter: str = "",
    note: str = "",
    upload: UploadedFile | None = None,
) -> Taken:
    """One result for all of these questions; a file alone is evidence, too. Raises FileRefused, and then nothing is
    taken.
    """
    began = timezone.now()
    if upload is not None and not written(letter) and not written(note):
        note = _("见附件“%(name)s”") % {"name": (upload.name or "")[:100]}
    replies = [
        Reply((row.subject_kind, row.subject_id, row.check_code), given, letter, note, f"{row.person.name}：")
        for row in rows
    ]
    with transaction.atomic():
        outcome = answer_many(replies, by=by)
        if upload is not None:
            for case, asked in outcome.cases.items():
                upload.seek(0)
                attach(*case, f"{REPLY}{asked}", upload, by=by)
        tell_offices([row.pk for row in rows], by, since=began)
    return outcome


def correct_answer(
    asked: Assistance,
    given: str,
    *,
    by: Membership,
    letter: str = "",
    note: str = "",
    upload: UploadedFile | None = None,
) -> Assistance:
    """The department's own answer mended by itself (R-ELG-5). Where it raises, nothing is
    changed.
    """
    began = timezone.now()
    if upload is not None and not written(letter) and not written(note):
        note = _("见附件“%(name)s”") % {"name": (upload.name or "")[:100]}
    with transaction.atomic():
        taken = answer(asked.subject_kind, asked.subject_id, asked.check_code, given, by=by, letter=letter, note=note)
        if upload is not None:
            attach(*subjects().case_of(asked.subject_id), f"{REPLY}{asked.pk}", upload, by=by)
        tell_offices([asked.pk], by, since=began)
    return taken


def tell_offices(questions: Collection[int], by: Membership, *, since: datetime) -> None:
    """One notice to each office in charge whose questions of these the department has answered since."""
    answered = (
        list(Assistance.objects.filter(pk__in=questions, answered_by=by, answered_at__gte=since)) if questions else []
    )
    offices = Counter(found.desk for found in named(answered).values() if found.desk)
    Notice.objects.bulk_create(
        Notice(
            organisation_id=office,
            kind=KIND,
            object_id=answered[0].pk,
            url=reverse("assistances"),
            text=_("%(who)s已答复%(count)s项协查，已重新判定。") % {"who": by.organisation.name, "count": count},
        )
        for office, count in offices.items()
    )
