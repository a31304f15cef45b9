"""What everybody may see without a login: catalogues, classes, institutions, money actually paid, never a whole name
(R-OPEN-1, R-PUB-1).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.cache import cache
from django.db.models import Count, Q, QuerySet, Sum
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from accounts.enums import REGION
from accounts.models import Division
from casework.domain.categories import categories
from casework.enums import State
from reports.domain.figures import FIGURES, Asked, subsidised
from reports.domain.periods import Period
from reports.enums import Span
from subsidies.enums import ARRIVED
from subsidies.models import Payment, Publicity, SubsidyLine
from training.enums import PUBLIC_STAGES, FundSource, Stage
from training.models import Enrolment, Listing, Project, TrainingClass

# Where a class stands in the public's words.
STANDS: dict[str, tuple[str | Promise, tuple[str, ...]]] = {
    "planned": (_("即将开班"), (Stage.APPROVED,)),
    "running": (_("培训中"), (Stage.IN_TRAINING,)),
    "done": (_("已结束"), tuple(stage for stage in PUBLIC_STAGES if stage not in (Stage.APPROVED, Stage.IN_TRAINING))),
}
KEPT_SECONDS = 300


@dataclass(frozen=True)
class Milestone:
    """A step on a class's way: done on a day, or not yet."""

    label: str
    day: date | None
    done: bool


def stand_of(stage: str) -> str:
    """The public's word for a stage."""
    return str(next((label for label, stages in STANDS.values() if stage in stages), ""))


def search_classes(
    *, words: str = "", stand: str = "", division: str = "", training_type: str = ""
) -> QuerySet[TrainingClass]:
    """Classes the public may see, newest first; unknown filters find nothing rather than everything."""
    stages = STANDS[stand][1] if stand in STANDS else PUBLIC_STAGES
    found = TrainingClass.objects.filter(stage__in=stages)
    if words:
        found = found.filter(
            Q(name__icontains=words)
            | Q(number__startswith=words)
            | Q(project__name__icontains=words)
            | Q(institution__name__icontains=words)
            | Q(employer__name__icontains=words)
        )
    if division:
        found = found.filter(division__path__startswith=f"{REGION}/{division}/")
    if training_type:
        found = found.filter(project__training_type=training_type)
    return found.select_related("project", "institution", "employer", "division").order_by("-first_day", "-pk")


def public_class(pk: int) -> QuerySet[TrainingClass]:
    return TrainingClass.objects.filter(pk=pk, stage__in=PUBLIC_STAGES).select_related(
        "project__occupation", "institution", "employer", "division", "body", "venue", "opening", "completion"
    )


def people_in(training_class: TrainingClass) -> int:
    """How many are on the roster; who they are is not public."""
    return Enrolment.objects.filter(training_class=training_class, struck_out_at__isnull=True).count()


def latest_of_class(training_class: TrainingClass) -> tuple[Publicity | None, Payment | None]:
    """The class's latest publicity, and its latest payment that arrived and stayed; of whichever of its claims."""
    publicity = Publicity.objects.filter(subsidy__training_class=training_class).order_by("-begins", "-pk").first()
    return publicity, payments().filter(subsidy__training_class=training_class, sent_back_at__isnull=True).first()


def progress_of(training_class: TrainingClass, publicity: Publicity | None, paid: Payment | None) -> list[Milestone]:
    """The way of a class with the days on which each step was done (R-PUB-1, R-SUP-4); `paid` is its latest payment."""
    completion, today = getattr(training_class, "completion", None), timezone.localdate()
    return [
        Milestone(_g("同意开班"), _day(training_class.opening), True),
        Milestone(_g("开课"), training_class.first_day, training_class.first_day <= today),
        Milestone(_g("结业"), _day(completion), _day(completion) is not None),
        Milestone(_g("补贴公示"), publicity.begins if publicity else None, publicity is not None),
        Milestone(_g("补贴到账"), paid.value_date if paid else None, paid is not None),
    ]


def _day(application: Any) -> date | None:
    approved = application is not None and application.state == State.APPROVED
    return timezone.localtime(application.decided_at).date() if approved else None


def listed_institutions(*, words: str = "", division: str = "", day: date | None = None) -> QuerySet[Listing]:
    """Institutions and assessment bodies in the published catalogue on a day (R-CAT-2)."""
    found = Listing.objects.filter(Listing.on(day or timezone.localdate()), organisation__is_active=True)
    if words:
        found = found.filter(organisation__name__icontains=words)
    if division:
        found = found.filter(organisation__division__path__startswith=f"{REGION}/{division}/")
    return (
        found.select_related("organisation__division")
        .prefetch_related("occupations")
        .order_by("organisation__division_id", "organisation__name")
    )


def project_catalogue(*, words: str = "", training_type: str = "", day: date | None = None) -> QuerySet[Project]:
    """The training projects in force on a day (R-CAT-1)."""
    found = Project.objects.filter(Project.on(day or timezone.localdate()))
    if words:
        found = found.filter(
            Q(name__icontains=words) | Q(code__startswith=words) | Q(occupation__name__icontains=words)
        )
    if training_type:
        found = found.filter(training_type=training_type)
    return found.select_related("occupation").order_by("code")


def payments(*, words: str = "", division: str = "", year: int | None = None, fund: str = "") -> QuerySet[Payment]:
    """Payments that arrived, newest first, those the bank returned later with that mark; each is one claim of one
    class.
    """
    found = Payment.objects.filter(state__in=ARRIVED)
    if year:
        found = found.filter(value_date__gte=date(year, 1, 1), value_date__lt=date(year + 1, 1, 1))
    if words:
        found = found.filter(
            Q(payee_name__icontains=words)
            | Q(subsidy__training_class__name__icontains=words)
            | Q(subsidy__number__startswith=words)
        )
    if division:
        found = found.filter(subsidy__training_class__division__path__startswith=f"{REGION}/{division}/")
    if fund:
        found = found.filter(subsidy__fund_source=fund)
    return (
        found.select_related("subsidy__training_class__division").defer("bank_account").order_by("-value_date", "-pk")
    )


def complete(payments: Iterable[Payment]) -> None:
    """Put `people`, `paid` and `fund` on each payment, from the rows the monthly figure counts. One query."""
    payments = list(payments)
    rows = (
        subsidised()
        .filter(payment__in=[p.pk for p in payments])
        .order_by()
        .values("payment")
        .annotate(people=Count("line__enrolment", distinct=True), paid=Sum("line__amount"))
    )
    sums = {row["payment"]: row for row in rows}
    for payment in payments:
        row = sums.get(payment.pk, {"people": 0, "paid": Decimal("0.00")})
        payment.people, payment.paid = row["people"], row["paid"]
        payment.fund = FundSource(payment.subsidy.fund_source).label


def paid_lines(payment: Payment) -> QuerySet[SubsidyLine]:
    """The people one payment was for; the page shows them masked."""
    return (
        SubsidyLine.objects.filter(parts__payment=payment)
        .select_related("enrolment__person")
        .defer(
            "enrolment__person__number",
            "enrolment__phone",
            "enrolment__bank_account",
        )
        .order_by("enrolment__sequence", "pk")
    )


def paid_this_year() -> list[tuple[str, int, Decimal]]:
    """(fund, person-times, amount) paid this year in the whole region, kept for a few minutes."""
    period = Period.today()
    rows = cache.get_or_set(f"public:paid:{period.year}-{period.month}", lambda: _paid(period), KEPT_SECONDS)
    return [(str(FundSource(fund).label), times, amount) for fund, times, amount in rows]


def _paid(period: Period) -> list[tuple[str, int, Decimal]]:
    rows = FIGURES["subsidised"].asked(Asked(Division.objects.get(pk=REGION), period), Span.YEAR)
    return list(
        rows.order_by()
        .values("line__subsidy__fund_source")
        .annotate(times=Count("*"), sum=Sum("line__amount"))
        .order_by("line__subsidy__fund_source")
        .values_list("line__subsidy__fund_source", "times", "sum")
    )


def latest_publicity(most: int) -> QuerySet[Publicity]:
    return Publicity.objects.select_related(
        "subsidy__training_class", "subsidy__applicant", "subsidy__division"
    ).order_by("-begins", "-pk")[:most]


def leagues() -> QuerySet[Division, tuple[str, str]]:
    """The 12 leagues and the two cities beside them, for the filters."""
    return Division.objects.filter(reports_to=REGION).order_by("level", "code").values_list("code", "name")


def names_of(codes: list[str]) -> str:
    """The names of trainee categories, in the order given."""
    known = categories()
    return "、".join(known.get(code, code) for code in codes)
