"""A person asks what is on record about him; an officer with both rights gives the copy (R-SEC-1, R-AUT-3)."""

from __future__ import annotations

from io import BytesIO

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.enums import HANDS_ON
from accounts.http import Request, status_of
from accounts.middleware import membership_required
from accounts.models import Membership
from eligibility.domain.corrected import seen_by
from eligibility.models import Person
from kit.refusals import NotAllowed
from kit.sheets import XLSX, write_table
from reports.domain.exports import watermark_of, why_not_export
from reports.domain.personal import copy_of
from reports.forms import CopyForm


@require_http_methods(["GET", "POST"])
@membership_required(*HANDS_ON)
def person_copy(request: Request) -> HttpResponse:
    """Number and purpose in, workbook out. Without the rights it is 403 with who can grant them; the number never
    stands in an address.
    """
    membership = request.membership
    if request.method == "GET" and (why := why_not_export(membership, membership.division)):
        raise NotAllowed(why)
    form = CopyForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        people = seen_by(membership, form.cleaned_data["number"])
        if people:
            return _workbook(people[0], membership, form.cleaned_data["purpose"])
        form.add_error("number", _("管辖范围内没有这个号码的人员。"))
    return render(request, "reports/export/person.html", {"form": form}, status=status_of(form))


def _workbook(person: Person, by: Membership, purpose: str) -> HttpResponse:
    entries, file = copy_of(person, by=by, purpose=purpose), BytesIO()
    headers = (_("项目"), _("时间"), _("内容"), _("值"), _("地区"))
    write_table(
        file,
        headers,
        entries,
        title=_("个人信息副本"),
        watermark=watermark_of(by, purpose),
        widths=dict(zip(headers, (30.0, 18.0, 26.0, 60.0), strict=False)),
        text_columns=(headers[3],),
    )
    name = f'attachment; filename="person-{person.pk}.xlsx"'
    return HttpResponse(
        file.getvalue(), content_type=XLSX, headers={"Content-Disposition": name, "Cache-Control": "no-store"}
    )
