"""The catalogues on a day, and who keeps them: a row in use is closed and followed by a new one, never rewritten
(R-CAT-1, R-CAT-2).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.domain.audit import record
from accounts.domain.changes import changes
from accounts.enums import UNIT_KINDS, Level
from accounts.models import Event, Membership, Organisation
from casework.domain.categories import category_name
from kit.refusals import NotAllowed, NotNow, NotValid
from kit.text import written
from training.enums import CERTIFYING, Stage
from training.models import Assessment, Listing, Occupation, Project, TrainingClass

Dated = Project | Listing | Assessment
Entry = Occupation | Dated
LABELS = {
    "code": gettext_lazy("编码"),
    "name": gettext_lazy("名称"),
    "status": gettext_lazy("评价方式"),
    "edition": gettext_lazy("大典版本"),
    "training_type": gettext_lazy("培训类别"),
    "occupation": gettext_lazy("职业（工种）"),
    "level": gettext_lazy("等级"),
    "hours": gettext_lazy("课时"),
    "certificate_kind": gettext_lazy("证书类别"),
    "certificate_required": gettext_lazy("须取得证书方可申请补贴"),
    "categories": gettext_lazy("面向人员类别"),
    "organisation": gettext_lazy("单位"),
    "occupations": gettext_lazy("核定职业（工种）"),
    "owner": gettext_lazy("维护地区"),
    "since": gettext_lazy("生效日期"),
    "until": gettext_lazy("失效日期"),
    "source": gettext_lazy("依据文件"),
    "is_example": gettext_lazy("示例值（不是正式政策）"),
}
YES, NO = "是", "否"
ACTS = ("catalogue.added", "catalogue.changed")


def projects_on(day: date) -> QuerySet[Project]:
    """The projects of the catalogue on a day."""
    return Project.objects.filter(Project.on(day)).select_related("occupation", "owner")


def project_on(code: str, day: date) -> Project | None:
    """The row of a project in force on a day; a class pins the one of its first day (R-CAT-1)."""
    return projects_on(day).filter(code=code).order_by("-since").first()


def occupations_on(day: date) -> QuerySet[Occupation]:
    """The occupations by code, each with `status`, how it is assessed on a day; none where no row says so."""
    rows = Assessment.objects.filter(Assessment.on(day), occupation=OuterRef("pk"))
    return Occupation.objects.annotate(status=Subquery(rows.values("status")[:1])).order_by("code")


def status_on(occupation: str, day: date) -> str:
    """How an occupation is assessed on a day, "" where no row says so."""
    return (
        Assessment.objects.filter(Assessment.on(day), occupation=occupation).values_list("status", flat=True).first()
        or ""
    )


def listed_on(day: date) -> QuerySet[Organisation]:
    """The institutions that may teach on a day; an enterprise's own training centre is listed under the enterprise."""
    listings = Listing.objects.filter(Listing.on(day)).values("organisation")
    return Organisation.objects.filter(pk__in=listings, is_active=True, kind__in=UNIT_KINDS[:2]).order_by("name")


# ── who
# ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def why_not_yours(entry: Entry, by: Membership | None) -> str:
    """The sentence that forbids this membership to keep this entry, or "": occupations and their assessment are the
    region's, a project its owner's.
    """
    if by is None or not by.administers_reporting_unit:
        return _("目录由自治区和盟市的超级管理员维护。")
    if isinstance(entry, Listing):
        mine = entry.organisation.division.path.startswith(by.division.path)
        return "" if mine else _("只能维护本辖区单位的目录。")
    if isinstance(entry, Occupation | Assessment):
        return "" if by.division.level == Level.REGION else _("职业（工种）由自治区维护。")
    owner = entry.owner if entry.pk else _owner_of(entry.code, by)
    return (
        ""
        if owner.pk == by.division.pk
        else _("项目%(code)s由%(owner)s维护，其他地区不能修改或接续。") % {"code": entry.code, "owner": owner.name}
    )


def _owner_of(code: str, by: Membership) -> Any:
    """Who keeps the rows of a code; a new code belongs to whoever brings it."""
    known = Project.objects.filter(code=code).select_related("owner").first()
    return known.owner if known else by.division


# ── what may be changed
# ─────────────────────────────────────────────────────────────────────────────────────────────────


def uses_of(entry: Dated) -> tuple[int, date | None]:
    """How many classes handed in rest on a row, and the last first day among them that has come."""
    classes = TrainingClass.objects.exclude(stage=Stage.DRAFT)
    if isinstance(entry, Project):
        classes = classes.filter(project=entry)
    else:
        of_it = (
            Q(project__occupation=entry.occupation_id)
            if isinstance(entry, Assessment)
            else Q(institution=entry.organisation_id) | Q(employer=entry.organisation_id)
        )
        classes = classes.filter(
            of_it, first_day__gte=entry.since, **({"first_day__lt": entry.until} if entry.until else {})
        )
    found = classes.aggregate(number=Count("pk"), last=Max("first_day", filter=Q(first_day__lte=timezone.localdate())))
    return found["number"], found["last"]


def is_kept(entry: Dated) -> bool:
    """Whether only the end of a row may still be set: it is used, or in force since before today."""
    return entry.since < timezone.localdate() or uses_of(entry)[0] > 0


def has_ended(entry: Dated) -> bool:
    return entry.until is not None and entry.until <= timezone.localdate()


def why_not_end(entry: Dated, until: date | None) -> str:
    """The sentence that forbids this end of a row that is kept, or ""."""
    last = uses_of(entry)[1]
    if has_ended(entry):
        return _("这一条已于%(day)s失效，不能再改。") % {"day": entry.until.isoformat() if entry.until else ""}
    if until and last and until <= last:
        return _("已有班次按这一条于%(last)s开班，失效日期须晚于这一天。") % {"last": last.isoformat()}
    return ""


def keep(entry: Entry, *, by: Membership, occupations: Iterable[Occupation] | None = None) -> Entry:
    """Save an entry of a catalogue and record it with old and new values. A new row ends the one before it on the same
    day.

    Refused: not yours; a row in use changed otherwise than in its end; two rows of a thing on one day.
    """
    is_new = entry._state.adding  # noqa: SLF001 - Django's only word for it
    chosen = None if occupations is None or not isinstance(entry, Listing) else sorted(one.pk for one in occupations)
    try:
        with transaction.atomic():
            stored = None if is_new else type(entry).objects.select_for_update(of=("self",)).get(pk=entry.pk)
            if why := why_not_yours(stored or entry, by):
                raise NotAllowed(why) if stored else NotNow(why)
            before = entry_values(stored) if stored else {}
            after = entry_values(entry) | ({} if chosen is None else {"occupations": chosen})
            if isinstance(entry, Occupation):
                _refuse_renaming(stored, entry)
            else:
                if not written(entry.source):
                    raise NotValid(_("请填写依据文件。"), field="source")
                _refuse_rewriting(stored, entry, changes(before, after))
                if isinstance(entry, Project) and is_new:
                    entry.owner = by.division
                _end_predecessor(entry, by)
            entry.save()
            if chosen is not None and isinstance(entry, Listing) and chosen != before.get("occupations"):
                entry.occupations.set(chosen)
            if changed := changes(before, entry_values(entry)):
                _recorded("catalogue.added" if is_new else "catalogue.changed", entry, changed, by)
    except IntegrityError as error:
        raise NotNow(_("同一代码（单位）在这段日期已有一条记录，请让那一条到期后再接续。")) from error
    return entry


def _recorded(act: str, entry: Entry, changed: dict[str, Any], by: Membership) -> None:
    record(act, by=by, on=entry, entry=str(entry.pk), what=_words(entry), changed=changed)


def shortened(asked: date | None, entry: Entry) -> str:
    """The sentence about an end that is not the one that was asked for, because a later row of the same thing begins
    there, or "".
    """
    if isinstance(entry, Occupation) or entry.until in (None, asked):
        return ""
    return _("之后已有一条于%(since)s生效，这一条的有效期缩短到前一天%(last)s。") % {
        "since": entry.until.isoformat(),
        "last": (entry.until - timedelta(days=1)).isoformat(),
    }


def _refuse_rewriting(stored: Any, entry: Dated, changed: dict[str, Any]) -> None:
    """A row in use or in force keeps everything but its end."""
    if stored is None or not changed or not is_kept(stored):
        return
    if rewritten := [name for name in changed if name != "until"]:
        raise NotNow(describe_rewriting(rewritten))
    if why := why_not_end(stored, entry.until):
        raise NotNow(why)


def _refuse_renaming(stored: Occupation | None, entry: Occupation) -> None:
    """Certificates are compared with an occupation's name: it stays while a class that will be compared rests on it."""
    running = TrainingClass.objects.filter(project__occupation=entry.pk, stage__in=CERTIFYING)
    if stored and stored.name != entry.name and (number := running.count()):
        raise NotNow(_("有%(n)s个班次正在开班或结业审批，核验证书要用职业名称，办结后再改名称。") % {"n": number})


def describe_rewriting(names: Iterable[str]) -> str:
    return _("这一条已经生效或已有班次使用，只能填写失效日期并新增一条接续，不能修改：%(names)s。") % {
        "names": "、".join(str(LABELS[name]) for name in names)
    }


def _end_predecessor(entry: Dated, by: Membership) -> None:
    """Rows of the same thing that would still run on the first day of this one end there; the days never overlap."""
    if entry._state.adding:  # noqa: SLF001
        same = same_thing(entry)
        for earlier in same.filter(Q(until__isnull=True) | Q(until__gt=entry.since), since__lt=entry.since):
            if why := why_not_end(earlier, entry.since):
                raise NotNow(why)
            before, earlier.until = entry_values(earlier), entry.since
            earlier.save(update_fields=["until"])
            _recorded("catalogue.changed", earlier, changes(before, entry_values(earlier)), by)
        later = same.filter(since__gt=entry.since).order_by("since").first()
        if later and (entry.until is None or entry.until > later.since):
            entry.until = later.since


# ── what is shown
# ───────────────────────────────────────────────────────────────────────────────────────────────────────


STANDINGS = {"now": gettext_lazy("现行"), "coming": gettext_lazy("将生效"), "past": gettext_lazy("已失效")}


def standing(rows: QuerySet[Any], code: str) -> QuerySet[Any]:
    """Of dated rows those that hold today, will hold, or held; all of them for any other word."""
    today = timezone.localdate()
    if code == "now":
        return rows.filter(since__lte=today).exclude(until__lte=today)
    return (
        rows.filter(since__gt=today) if code == "coming" else rows.filter(until__lte=today) if code == "past" else rows
    )


def same_thing(entry: Dated) -> QuerySet[Any]:
    """All rows of the same project, institution or occupation."""
    if isinstance(entry, Project):
        return Project.objects.filter(code=entry.code).select_related("owner", "occupation")
    if isinstance(entry, Assessment):
        return Assessment.objects.filter(occupation=entry.occupation_id)
    return Listing.objects.filter(organisation=entry.organisation)


def history_of(entry: Entry) -> QuerySet[Event]:
    """Who added and changed an entry (all rows of the same thing), the newest first."""
    events = Event.objects.filter(act__in=ACTS).order_by("-id")
    if isinstance(entry, Occupation):
        return events.filter(
            Q(subject_kind="occupation", data__entry=entry.pk)
            | Q(subject_kind="assessment", subject_id__in=entry.assessments.values("pk"))
        )
    return events.filter(subject_kind=entry._meta.model_name, subject_id__in=same_thing(entry).values("pk"))


def entry_values(entry: Entry) -> dict[str, Any]:
    """An entry's values as the trail keeps them: words where the column holds codes."""
    with translation.override("zh-hans"):
        found = {field.name: _said(entry, field) for field in entry._meta.concrete_fields if field.name in LABELS}
    if isinstance(entry, Listing):
        found["occupations"] = sorted(entry.occupations.values_list("pk", flat=True)) if entry.pk else []
    return found


def _said(entry: Entry, field: Any) -> Any:
    value = getattr(entry, field.attname)
    if isinstance(value, bool):
        return YES if value else NO
    if field.choices and value not in (None, ""):
        return str(getattr(entry, f"get_{field.name}_display")())
    return sorted(map(category_name, value)) if isinstance(value, list) else value


def _words(entry: Entry) -> str:
    return str(entry) if not isinstance(entry, Listing) else f"{entry.organisation} {entry.since.isoformat()}"
