"""R-OPEN-1, R-PUB-1: what everybody may see without a login, and what nobody may see."""

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Organisation
from subsidies.enums import PaymentState
from subsidies.models import Publicity
from tests.factories import officer, unit
from tests.factories.reports import Spec, make, project
from tests.reports.conftest import PLACES
from training.enums import FundSource, Stage, TrainingType
from training.models import Listing, Occupation, TrainingClass

pytestmark = pytest.mark.django_db
HOME, CLASSES, INSTITUTIONS = reverse("public_home"), reverse("public_classes"), reverse("public_institutions")
CATALOGUE, PAYMENTS = reverse("public_catalogue"), reverse("public_payments")
MAY = date(2025, 5, 20)
PAID = {"completed": MAY, "passed": 2, "certified": 1, "paid": MAY}


def text(client, url, **values):
    response = client.get(url, values)
    assert response.status_code == 200, url
    return response.content.decode()


def class_url(one):
    return reverse("public_class", args=[one.training_class.pk])


def payment_url(one):
    return reverse("public_payment", args=[one.payment.pk])


def publicise(one):
    return Publicity.objects.create(
        subsidy=one.subsidy,
        round=1,
        begins=MAY,
        ends=MAY + timedelta(days=7),
        working_days=5,
        snapshot={},
        digest="d" * 64,
    )


def test_everybody_reaches_the_public_site_without_login(client):
    (one,) = make(Spec(**PAID))
    publicise(one)
    for url in (HOME, CLASSES, INSTITUTIONS, CATALOGUE, PAYMENTS, class_url(one), payment_url(one)):
        assert client.get(url).status_code == 200, url
    assert not client.cookies.get("sessionid")


def test_home_leads_to_publicity_standards_and_each_publication(client):
    (one,) = make(Spec(**PAID))
    published = publicise(one)
    page = text(client, HOME)
    for url in (reverse("publicities"), reverse("standards"), reverse("publicity", args=[published.pk])):
        assert f'href="{url}"' in page, url


def test_the_public_site_is_there_for_people_logged_in_too(client):
    client.force_login(officer().user)
    assert client.get(HOME).status_code == 200


def test_no_public_page_shows_a_whole_name_or_number(client):
    (one,) = make(Spec(**PAID))
    publicise(one)
    for url in (HOME, CLASSES, PAYMENTS, class_url(one), payment_url(one)):
        page = text(client, url)
        for enrolment in one.enrolments:
            assert f"{enrolment.person.name}<" not in page, url
            assert enrolment.person.number not in page, url


def test_a_class_names_nobody_even_after_payment(client):
    (one,) = make(Spec(**PAID))
    page = text(client, class_url(one))
    assert not any(e.person.masked_number in page for e in one.enrolments)
    assert not any(e.person.masked_name in page for e in one.enrolments)


def test_a_class_says_what_where_when_for_whom_by_whom(client):
    (one,) = make(Spec(people=7, fund=FundSource.EMPLOYMENT))
    page = text(client, class_url(one))
    k = one.training_class
    for word in (
        k.project.name,
        "新城区",
        k.first_day.isoformat(),
        k.last_day.isoformat(),
        k.institution.name,
        k.body.name,
        "<dd>7</dd>",
        "就业补助资金",
    ):
        assert word in page, word


@pytest.mark.parametrize("stage", [Stage.DRAFT, Stage.OPENING, Stage.REFUSED, Stage.STOPPED])
def test_classes_nobody_approved_are_not_public(client, stage):
    (one,) = make(Spec())
    TrainingClass.objects.filter(pk=one.training_class.pk).update(stage=stage)
    assert client.get(class_url(one)).status_code == 404
    assert one.training_class.name not in text(client, CLASSES)


def test_classes_are_found_by_stand_place_type_and_words(client):
    here, there, startup = make(
        Spec("150102"), Spec("150781", completed=MAY), Spec("150202", training_type=TrainingType.SIYB_SYB)
    )
    TrainingClass.objects.filter(pk=here.training_class.pk).update(stage=Stage.APPROVED)
    found = {
        str(values): sorted(re.findall(r'class="lead"><a href="[^"]+">([^<]+)</a>', text(client, CLASSES, **values)))
        for values in (
            {"stand": "planned"},
            {"stand": "running"},
            {"stand": "done"},
            {"division": "150100"},
            {"division": "150700"},
            {"division": "150781"},
            {"training_type": "siyb_syb"},
            {"q": there.training_class.number},
            {"q": "没有这个词"},
        )
    }
    names = [[one.training_class.name] for one in (here, there, startup)]
    assert list(found.values()) == [names[0], names[2], names[1], names[0], [], names[1], names[2], names[1], []]


def test_the_way_of_a_class_shows_the_days(client):
    """R-SUP-4: how far a class is, for everybody."""
    one, waiting = make(Spec(**PAID, approved=date(2025, 3, 10)), Spec(approved=date(2025, 3, 11)))
    publicise(one)
    steps = re.findall(r'<li data-done="(yes|no)"><b>([^<]+)</b>([^<]*?)\s*<', text(client, class_url(one)))
    assert steps == [
        ("yes", "同意开班", "2025-03-10"),
        ("yes", "开课", "2025-03-15"),
        ("yes", "结业", "2025-05-20"),
        ("yes", "补贴公示", "2025-05-20"),
        ("yes", "补贴到账", "2025-05-20"),
    ]
    later = re.findall(r'<li data-done="(yes|no)"><b>([^<]+)</b>', text(client, class_url(waiting)))
    assert [done for done, _label in later] == ["yes", "yes", "no", "no", "no"]


def test_only_money_that_arrived_is_shown(client):
    paid, returned, pending = make(
        Spec(**PAID, amount=Decimal("1200.05")),
        Spec(**PAID, payment_state=PaymentState.RETURNED),
        Spec(**PAID, payment_state=PaymentState.PENDING),
    )
    page = text(client, PAYMENTS)
    assert paid.training_class.name in page
    assert "2,400.10" in page
    for one in (returned, pending):
        assert one.training_class.name not in page
        assert client.get(payment_url(one)).status_code == 404


def test_the_people_paid_are_masked_with_their_amounts(client):
    (one,) = make(Spec(people=3, **PAID, amount=Decimal("1200.05")))
    page = text(client, payment_url(one))
    rows = re.findall(r'class="lead">([^<]+)</th>\s*<td[^>]*>([^<]+)</td>', page)
    assert rows == [(e.person.masked_name, e.person.masked_number) for e in one.enrolments[:2]]
    assert page.count("1,200.05") == 2
    assert "<b>2,400.10</b>" in page


def test_payments_are_found_by_place_year_and_fund(client):
    first, second = make(
        Spec("150102", **PAID), Spec("150781", **PAID | {"paid": date(2026, 1, 5)}, fund=FundSource.EMPLOYMENT)
    )
    found = [
        [one.training_class.name in text(client, PAYMENTS, **values) for one in (first, second)]
        for values in (
            {},
            {"division": "150100"},
            {"division": "150700"},
            {"year": "2026"},
            {"fund": "employment"},
            {"year": "1999"},
        )
    ]
    assert found == [[True, True], [True, False], [False, False], [False, True], [False, True], [True, True]]


def test_home_adds_up_what_was_paid_this_year_by_fund(client):
    today = timezone.localdate()
    make(
        Spec(completed=today, passed=2, paid=today, amount=Decimal("1000.01")),
        Spec(completed=today, passed=1, paid=today, amount=Decimal("0.98")),
        Spec(completed=today, passed=1, paid=today, fund=FundSource.EMPLOYMENT),
        Spec(completed=today, passed=1, paid=date(today.year - 1, 12, 31)),
    )
    page = text(client, HOME)
    tiles = re.findall(r"<b>([^<]+)</b><span>([^<（]+)（元）· ([\d,]+) 人次", page)
    assert tiles == [("1,200.00", "就业补助资金", "1"), ("2,001.00", "职业技能提升行动资金", "3")]


def test_institutions_in_the_catalogue_today_are_listed(client):
    today, occupation = timezone.localdate(), Occupation.objects.first()
    listed, ended, later = (unit("150102") for _ in range(3))
    closed = unit("150102")
    Organisation.objects.filter(pk=closed.pk).update(is_active=False)
    entry = Listing.objects.create(organisation=listed, since=date(2024, 1, 1), source="示例目录")
    entry.occupations.add(occupation)
    Listing.objects.create(organisation=ended, since=date(2024, 1, 1), until=today, source="示例目录")
    Listing.objects.create(organisation=later, since=today + timedelta(days=1), source="示例目录")
    Listing.objects.create(organisation=closed, since=date(2024, 1, 1), source="示例目录")
    page = text(client, INSTITUTIONS)
    assert listed.name in page
    assert occupation.name in page
    assert not any(other.name in page for other in (ended, later, closed))
    assert listed.name not in text(client, INSTITUTIONS, division="150200")
    assert listed.name in text(client, INSTITUTIONS, q=listed.name[-4:])


def test_the_catalogue_shows_the_projects_in_force(client):
    today = timezone.localdate()
    current = project(categories=["veteran", "disabled"])
    past = project(TrainingType.SIYB_SYB, until=today)
    page = text(client, CATALOGUE)
    assert current.name in page
    assert "示例" in page
    assert past.name not in page
    assert current.name not in text(client, CATALOGUE, training_type="siyb_syb")


def test_lists_are_paged(client):
    make(*(Spec(people=1) for _ in range(23)))
    pages = [re.findall(r'class="lead"><a href="([^"]+)"', text(client, CLASSES, page=page)) for page in (1, 2)]
    assert [len(page) for page in pages] == [20, 3]
    assert len(set(pages[0]) | set(pages[1])) == 23


@pytest.mark.parametrize(
    "values",
    [
        {"q": "%_\\'\"<script>"},
        {"q": "\0"},
        {"q": "长" * 500},
        {"division": "15"},
        {"division": "١٥٠١٠٠"},
        {"stand": "x"},
        {"page": "zz"},
        {"year": "0"},
    ],
)
def test_odd_filters_do_no_harm(client, values):
    make(Spec(**PAID))
    for url in (CLASSES, INSTITUTIONS, CATALOGUE, PAYMENTS):
        assert "<script>" not in re.sub(r"<script src", "", text(client, url, **values))


@pytest.mark.parametrize("how_many", [1, 18])
def test_public_pages_ask_as_often_for_one_as_for_many(client, how_many):
    made = make(*(Spec(PLACES[n % len(PLACES)], people=2, **PAID) for n in range(how_many)))
    for one in made:
        publicise(one)
        Listing.objects.get_or_create(
            organisation=one.training_class.institution, since=date(2024, 1, 1), defaults={"source": "示例"}
        )
    counts = []
    for url in (HOME, CLASSES, class_url(made[0]), INSTITUTIONS, CATALOGUE, PAYMENTS, payment_url(made[0])):
        text(client, url)
        with CaptureQueriesContext(connection) as queries:
            text(client, url)
        counts.append(len(queries))
    assert counts == [2, 3, 4, 4, 2, 4, 4]


def test_pages_need_no_script(client):
    (one,) = make(Spec(**PAID))
    for url in (HOME, CLASSES, class_url(one), PAYMENTS, payment_url(one)):
        page = text(client, url)
        assert not re.search(r"\son\w+=", page), url
        assert "<script>" not in page, url
