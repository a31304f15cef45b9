"""What the pages and the API of every room have in common: the version of a draft that was open, files on their way
out.

Where somebody saved a draft while it was open elsewhere, what is saved now is shown beside what was typed (R-SEC-4; the
older of two open forms never wins).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.files.base import File
from django.db.models.fields.files import FieldFile
from django.forms import BaseForm, BoundField
from django.http import FileResponse, Http404, HttpRequest
from django.utils.translation import gettext as _

from accounts.domain.audit import record
from accounts.models import Membership
from casework.domain.files import KIND_OF, named_as, take_file
from casework.models import Attachment, Job
from kit.sheets import XLSX
from kit.versions import Stale


@dataclass(frozen=True)
class Difference:
    """One field that was typed otherwise than it is saved now."""

    label: str
    theirs: str
    yours: str


def posted_version(request: HttpRequest) -> str:
    """The version the form was drawn for."""
    return request.POST.get("version", "")


def shown_version(request: HttpRequest, now: str, stale: Stale | None = None) -> str:
    """The version of the form that is shown: of the draft as it is, or as it was when what is typed
    in the form began.
    """
    return stale.version if stale else posted_version(request) or now


def differences(yours: BaseForm, theirs: BaseForm, lead: str = "") -> list[Difference]:
    """The fields of a form that was typed in, beside the same form of the draft as it is saved now."""
    found = [
        (str(yours.fields[name].label), shown_value(theirs[name]), shown_value(yours[name]))
        for name in yours.fields
        if name in theirs.fields
    ]
    return [Difference(lead + label, saved, typed) for label, saved, typed in found if saved != typed]


def overtaken(yours: BaseForm, theirs: BaseForm, stale: Stale) -> None:
    """Say on the form what became of the draft meanwhile."""
    yours.add_error(None, str(stale))
    yours.differences = differences(yours, theirs)


def shown_value(bound: BoundField) -> str:
    """The value of a field as people read it."""
    value = bound.value()
    values = value if isinstance(value, list | tuple) else [value]
    texts = [str(getattr(one, "pk", one)) for one in values if one not in (None, "")]
    choices: dict[str, Any] = {str(key): label for key, label in getattr(bound.field, "choices", ()) or ()}
    return "、".join(sorted(str(choices.get(text, text)) for text in texts))


def download_attachment(attachment: Attachment, *, by: Membership) -> FileResponse:
    """An attachment under a name that ends as what it is, compared and on record (`take_file`)."""
    return sent(
        take_file(attachment, by=by), named_as(attachment.name, KIND_OF[attachment.media_type]), attachment.media_type
    )


def download(stored: FieldFile, name: str, media_type: str) -> FileResponse:
    """A file the portal wrote itself; 404 where it is gone."""
    try:
        return sent(stored.open("rb"), name, media_type)
    except FileNotFoundError as missing:
        raise Http404 from missing


def sent(file: File, name: str, media_type: str) -> FileResponse:
    """An open file, sent so that no browser runs or keeps it."""
    answer = FileResponse(file, as_attachment=True, filename=name, content_type=media_type)
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer


def job_download(job: Job, *, by: Membership) -> FileResponse:
    """The result file of a job, on record; page and API alike."""
    answer = download(job.file, job.file_name or _("结果.xlsx"), XLSX)
    record("job.file_taken", by=by, kind="job", division=job.division_id or "", job=job.pk, name=job.file_name)
    return answer
