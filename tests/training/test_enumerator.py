"""A school that tries strangers' numbers learns nothing, through whichever door (R-SEC-1).

A unit reads what it entered itself until name and number agree, and the same neutral answer whether the house knows a
number or not.
"""

import json
import re
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Act
from accounts.models import Event
from casework.domain.moves import take
from casework.models import Job, Parameter
from eligibility.domain.corrections import differing
from eligibility.models import Correction, Person
from kit.refusals import Refused
from tests import factories
from tests.eligibility.desk import paper
from tests.factories import eligibility as people
from tests.factories import training as t
from tests.training import walk as walks
from tests.training.test_bookings import at_once
from training.domain.decision.completions import Row, open_completion, save_results
from training.domain.roster.attendance import record_sheet
from training.domain.roster.enrolling import add_trainee
from training.domain.roster.entry_limit import count_numbers
from training.domain.roster.staging import take_good_rows
from training.domain.verification.precheck import TASK
from training.enums import Stage
from training.models import Enrolment, NumbersEntered, TrainingClass
from training.tasks.prechecks import run_precheck

pytestmark = pytest.mark.django_db
KNOWN, UNKNOWN = 1, 2
RECORDED, MADE_UP = "苏日娜", "张三丰"
USCC = "91150100MA0N0J0A1F"


def cells(n: int, **changes):
    return {"name": MADE_UP, "number": t.citizen_number(n), "phone": "13904710001"} | changes


@pytest.fixture
def stranger():
    """Somebody in a running class of another school, on record with name and ethnicity."""
    other = t.draft_class()
    take_good_rows(t.upload(other, [t.row(KNOWN, name=RECORDED, ethnicity="达斡尔族")]), by=t.clerk(other))
    TrainingClass.objects.filter(pk=other.pk).update(stage=Stage.IN_TRAINING, number=f"150102-2026-{other.pk:06d}")
    return Person.objects.get(name=RECORDED)


@pytest.fixture
def draft(stranger):
    return t.draft_class(first_day=stranger.enrolments.get().training_class.first_day)


def blinded(page, enrolment) -> str:
    """A page without what tells two rows apart anyway: the number, ids in addresses, tokens."""
    text = page.content.decode()
    number = enrolment.person.number
    for secret in (
        number,
        enrolment.person.masked_number,
        f"{number[:6]} {number[6:10]} {number[10:14]} {number[14:]}",
    ):
        text = text.replace(secret, "N")
    return re.sub(r"(?<=/)\d+(?=/)|value=\"[^\"]{20,}\"|nonce=\"[^\"]*\"|Token\": \"[^\"]*\"", "_", text)


def test_the_page_shows_what_was_typed_for_a_known_number_as_for_an_unknown_one(browser, draft):
    client = browser(t.clerk(draft))
    for n in (KNOWN, UNKNOWN):
        assert client.post(reverse("trainee_new", args=[draft.pk]), cells(n)).status_code == 302
    known, unknown = draft.enrolments.order_by("sequence")
    roster = client.get(reverse("class_roster", args=[draft.pk])).content.decode()
    assert (known.name, unknown.name, RECORDED in roster) == (MADE_UP, MADE_UP, False)
    forms = [blinded(client.get(reverse("trainee_edit", args=[draft.pk, one.pk])), one) for one in (known, unknown)]
    assert forms[0] == forms[1]
    assert '达斡尔族" selected' not in forms[0]


def test_the_program_reads_what_it_wrote(api, draft):
    program = api(t.clerk(draft))
    for n in (KNOWN, UNKNOWN):
        answer = program.post(reverse("api_class_trainees", args=[draft.pk]), cells(n))
        assert (answer.status_code, answer.json()["name"]) == (201, MADE_UP)
    assert RECORDED not in program.get(reverse("api_class_roster", args=[draft.pk])).content.decode()


def test_an_upload_of_made_up_names_tells_of_no_number_whether_it_is_known(draft):
    found = t.upload(draft, [t.row(KNOWN, name=MADE_UP), t.row(UNKNOWN, name=MADE_UP)])
    assert [(row.is_good, row.warnings, row.errors) for row in found.rows.order_by("row")] == [(True, [], {})] * 2


def test_who_knows_the_name_is_warned_of_another_training_without_being_told_which(draft, stranger):
    found = t.upload(draft, [t.row(KNOWN, name=RECORDED)])
    ((warning, *rest),) = found.rows.get().warnings
    assert warning == "in_class"
    assert stranger.enrolments.get().training_class.number not in str(rest)


def test_the_record_keeps_its_name_and_its_ethnicity_whatever_a_school_types(draft, stranger):
    stranger.ethnicity = ""
    stranger.save()
    add_trainee(draft, cells(KNOWN, ethnicity="回族"), by=t.clerk(draft))
    stranger.refresh_from_db()
    assert (stranger.name, stranger.ethnicity) == (RECORDED, "")


def test_once_the_name_agrees_the_row_is_the_persons(draft, stranger, browser):
    enrolment = add_trainee(draft, cells(KNOWN), by=t.clerk(draft))
    browser(t.clerk(draft)).post(reverse("trainee_edit", args=[draft.pk, enrolment.pk]), cells(KNOWN, name=RECORDED))
    enrolment.refresh_from_db()
    assert (enrolment.entered_name, enrolment.name) == ("", RECORDED)


def test_the_pre_check_says_nothing_of_a_person_whose_name_is_another(registries, browser):
    walk = walks.laid_off_class([MADE_UP])
    registries.load([people.insured(walk.people[0], USCC)])
    registries.add_records(
        "employment", walk.people[0].number, [{"type": "person", "name": RECORDED, "household": "urban"}]
    )
    client = browser(walk.applicant)
    client.post(reverse("class_precheck", args=[walk.training_class.pk]))
    run_precheck(_newest_precheck())
    page = client.get(reverse("class_precheck", args=[walk.training_class.pk])).content.decode()
    assert "姓名和号码还没有核对一致" in page
    assert "参保" not in page.split("姓名和号码还没有核对一致")[1][:400]
    assert RECORDED not in page


def _newest_precheck() -> int:
    return Job.objects.filter(task=TASK).latest("pk").pk


def test_the_officer_reads_both_names_and_the_school_neither_the_registrys_nor_its_facts(registries, browser, api):
    walk = walks.laid_off_class([MADE_UP, "巴特尔"])
    registries.load([people.insured(walk.people[0], USCC), people.job_seeker(walk.people[1])])
    registries.add_records(
        "employment", walk.people[0].number, [{"type": "person", "name": RECORDED, "household": "urban"}]
    )
    walk.to_officer()
    first = walk.enrolments[0]
    officer = browser(walk.officer).get(reverse("case", args=["opening", walk.opening.pk])).content.decode()
    assert MADE_UP in officer
    assert RECORDED in officer
    for address in (
        reverse("case", args=["opening", walk.opening.pk]),
        reverse("subject", args=["enrolment", first.pk]),
        reverse("class_roster", args=[walk.training_class.pk]),
    ):
        page = browser(walk.applicant).get(address)
        assert (page.status_code, RECORDED in page.content.decode()) == (200, False)
    results = api(walk.applicant).get(reverse("api_examination", args=[first.pk])).json()["results"]
    assert [(one["code"], one["outcome"]) for one in results] == [("id_valid", "unknown")]
    assert len(api(walk.officer).get(reverse("api_examination", args=[first.pk])).json()["results"]) > 4


def numbers_a_day(most: int) -> None:
    with transaction.atomic(), factories.world_as_it_was():
        Parameter.objects.filter(code="numbers_a_day").update(value=most)


def test_numbers_are_counted_by_day_and_end_for_the_unit_with_a_line_on_record(draft):
    numbers_a_day(3)
    clerk = t.clerk(draft)
    take_good_rows(t.upload(draft, [t.row(5), t.row(6)]), by=clerk)
    add_trainee(draft, cells(7), by=clerk)
    with pytest.raises(Refused, match="已达3个的上限"):
        add_trainee(draft, cells(8), by=clerk)
    assert "已达3个的上限" in t.upload(draft, [t.row(9)]).refusal
    assert NumbersEntered.objects.get(organisation=clerk.organisation).count == 3
    assert Event.objects.filter(act="roster.numbers_ended", membership=clerk).exists()
    assert not Person.objects.filter(name=MADE_UP, tail=t.citizen_number(8)[-4:]).exists()


def test_a_strangers_class_at_the_same_hours_is_told_to_the_office_only_under_another_name(registries, browser, api):
    """Whatever the school types, its own page is the same as for a number nobody knows; the officer cannot agree."""
    other = walks.laid_off_class([RECORDED])
    registries.load([people.job_seeker(person) for person in other.people])
    TrainingClass.objects.filter(pk=other.training_class.pk).update(
        stage=Stage.IN_TRAINING, number="150102-2026-000777"
    )
    walk = walks.laid_off_class(["巴特尔"])
    TrainingClass.objects.filter(pk=walk.training_class.pk).update(
        first_day=other.training_class.first_day, last_day=other.training_class.last_day
    )
    pages = [
        reverse("case", args=["opening", walk.opening.pk]),
        reverse("class_timetable", args=[walk.training_class.pk]),
    ]
    client = browser(walk.applicant)
    enrolment = walk.enrolments[0]

    def read() -> list[tuple[bool, bool]]:
        return [(RECORDED in text, "其他班次" in text) for text in (client.get(page).text for page in pages)]

    Enrolment.objects.filter(pk=enrolment.pk).update(person=other.people[0], entered_name=MADE_UP)
    assert read() == [(False, False)] * 2
    Enrolment.objects.filter(pk=enrolment.pk).update(entered_name="")
    assert read()[0] == (True, True), "who knows the name is told that there is another class"
    Enrolment.objects.filter(pk=other.enrolments[0].pk).update(entered_name="真名")
    assert read()[0][1] is False, "also where the record has the name this school made up"
    office = browser(walk.officer)
    walk.to_officer()
    assert "150102-2026-000777" in office.get(pages[0]).text


def test_a_number_in_two_classes_of_one_school_is_told_under_the_name_each_class_entered(registries, browser, api):
    """Its own other class is named to the school; the name of the record, which it may never have known, is not."""
    other, walk = walks.laid_off_class([RECORDED]), walks.laid_off_class(["巴特尔"])
    TrainingClass.objects.filter(pk=other.training_class.pk).update(
        applicant=walk.training_class.applicant, stage=Stage.IN_TRAINING, number="150102-2026-000778"
    )
    TrainingClass.objects.filter(pk=walk.training_class.pk).update(
        first_day=other.training_class.first_day, last_day=other.training_class.last_day
    )
    Enrolment.objects.filter(pk=other.enrolments[0].pk).update(entered_name="吴测")
    Enrolment.objects.filter(pk=walk.enrolments[0].pk).update(person=other.people[0], entered_name=MADE_UP)
    client, key = browser(walk.applicant), walk.training_class.pk
    for text in (
        client.get(reverse("class_timetable", args=[key])).text,
        api(walk.applicant).get(f"/api/v1/classes/{key}/missing/").text,
        client.get(reverse("class_history", args=[key])).text,
    ):
        assert RECORDED not in text
    timetable = client.get(reverse("class_timetable", args=[key])).text
    assert (MADE_UP in timetable, "150102-2026-000778" in timetable) == (True, True)


@pytest.mark.django_db(transaction=True)
def test_the_days_numbers_are_not_passed_by_asking_many_times_at_once():
    numbers_a_day(5)
    clerk = t.clerk(t.draft_class())
    answers = at_once([lambda: count_numbers(clerk.organisation, 2, by=clerk)] * 12)
    assert sorted(bool(one) for one in answers) == [False] * 2 + [True] * 10
    assert NumbersEntered.objects.get(organisation=clerk.organisation).count == 4
    assert count_numbers(clerk.organisation, 6, by=clerk), "nor by a whole list on a fresh day"
    assert Event.objects.filter(act="roster.numbers_ended").count() == 11


def test_a_number_no_registry_has_a_name_for_tells_the_school_nothing_of_what_others_know(registries, browser, api):
    """It passes on its own for the judgement, and any name would: before, the precheck told whether the stranger is
    insured.
    """
    walk = walks.laid_off_class([MADE_UP, "巴特尔"])
    registries.add_records(
        "social_security", walk.people[0].number, [{"type": "employee_insurance", "uscc": USCC, "from": "2020-01-01"}]
    )
    registries.load([people.job_seeker(walk.people[1])])
    client = browser(walk.applicant)
    client.post(reverse("class_precheck", args=[walk.training_class.pk]))
    run_precheck(_newest_precheck())
    page = client.get(reverse("class_precheck", args=[walk.training_class.pk])).content.decode()
    said = page[page.index(MADE_UP) :]
    assert "姓名和号码还没有核对一致" in said
    assert "不符合" not in said
    assert "参保" not in said
    program = api(walk.applicant).get(reverse("api_class_precheck", args=[walk.training_class.pk])).content.decode()
    assert "参保" not in program
    walk.to_officer()
    first, second = walk.enrolments
    for address in (
        reverse("case", args=["opening", walk.opening.pk]),
        reverse("subject", args=["enrolment", first.pk]),
    ):
        page = client.get(address).content.decode()
        assert ("姓名和号码还没有核对一致" in page, "参保" in page) == (True, False), address
    results = api(walk.applicant).get(reverse("api_examination", args=[first.pk])).json()["results"]
    assert [(one["code"], one["outcome"]) for one in results] == [("id_valid", "unknown")]
    assert len(api(walk.applicant).get(reverse("api_examination", args=[second.pk])).json()["results"]) > 4
    assert "参保" in browser(walk.officer).get(reverse("case", args=["opening", walk.opening.pk])).content.decode()


# ── everything a school receives, for two strangers side by side
# ────────────────────────────────────────────────────────────

OTHER_NUMBER = t.citizen_number(77)


def received(text: str, enrolment, *own: int | str) -> str:
    """What came, with only this in it replaced: the number that was typed, the row's and the case's own ids, tokens of
    the page.
    """
    number = enrolment.person.number
    forms = (
        number,
        enrolment.person.masked_number,
        differing(OTHER_NUMBER, number),
        differing(number, OTHER_NUMBER),
        f"{number[:6]} {number[6:10]} {number[10:14]} {number[14:]}",
    )
    for form in forms:
        text = text.replace(form, "N")
    for mark in (enrolment.pk, *own):
        text = re.sub(rf"(?<![\d])0*{mark}(?!\d)", "OWN", text)
    text = re.sub(r"(?<=content: \")OWN[0-9a-f ]*", "", text)
    text = re.sub(
        r"data-digest=.*?</svg>", "", text, flags=re.DOTALL
    )  # the print's mark: of the address and the version
    text = re.sub(r"\d\d:\d\d(:\d\d(\.\d+)?)?", "T", text)
    return re.sub(r"value=\"[^\"]{20,}\"|nonce=\"[^\"]*\"|Token\": \"[^\"]*\"", "_", text)


def far_ids(*tables: str) -> None:
    """The next ids of these tables are like no other number on a page."""
    with connection.cursor() as cursor:
        for place, table in enumerate(tables, start=7):
            ids = f"pg_get_serial_sequence('{table}', 'id')"
            cursor.execute(f"SELECT setval({ids}, nextval({ids}) + {place}00000)")


@pytest.fixture
def walk_of_strangers(registries, browser):
    """A school that has entered two strangers under a made-up name, one known to the house and its registries, one to
    nobody.
    """
    walk = walks.laid_off_class(["巴特尔"])
    registries.load([people.job_seeker(walk.people[0])])
    far_ids("eligibility_person", "training_enrolment", "eligibility_correction")
    known = people.person(RECORDED)
    registries.load([people.insured(known, USCC)])
    Enrolment.objects.create(training_class=t.draft_class(), person=known, sequence=1)
    far_ids("eligibility_person")
    unknown = next(number for number in iter(people.number, None) if int(number[16]) % 2 == int(known.number[16]) % 2)
    for number in (known.number, unknown):
        add_trainee(walk.training_class, cells(0, number=number, household="城镇", ethnicity="汉族"), by=walk.applicant)
    walk.extra["strangers"] = walk.enrolments[1:]
    return walk


def nothing_shows(texts: list[str], strangers) -> None:
    """The same for both, and neither a person's id nor the recorded name in it."""
    assert texts[0] == texts[1]
    for text in texts:
        assert RECORDED not in text
        for one in strangers:
            assert not re.search(rf"(?<!\d)0*{one.person_id}(?!\d)", text)


def test_the_correction_of_a_row_is_the_same_for_whomever_the_number_belongs_to(walk_of_strangers, browser, api):
    """Before: 200 for a number nobody knew, 404 for one known under another name, and the person's id in address and
    number.
    """
    walk = walk_of_strangers
    strangers = walk.extra["strangers"]
    client, program = browser(walk.applicant), api(walk.applicant)
    for one in strangers:
        refused = client.get(reverse("correction_of_entry", args=["enrolment", one.pk]))
        assert (refused.status_code, "请直接在花名册中改" in refused.text) == (
            409,
            True,
        ), "while the roster is a draft it is mended there"
    walk.to_officer()
    for one in strangers:
        for pk in (one.person_id, one.person_id + 1):
            assert client.get(reverse("correction_new", args=[pk])).status_code == 404
            assert (
                program.post(reverse("api_person_corrections", args=[pk]), {"number": OTHER_NUMBER}).status_code == 404
            )
    asked = {}

    def play(one) -> list[str]:
        address = reverse("correction_of_entry", args=["enrolment", one.pk])
        assert f'href="{address}"' in client.get(reverse("class_roster", args=[walk.training_class.pk])).text
        form = client.get(address)
        wrong = client.post(address, {"name": MADE_UP, "number": one.person.number, "reason": "x"})
        saved = client.post(address, {"number": OTHER_NUMBER, "reason": "看错了", "submit": "1"})
        correction = asked[one.pk] = Correction.objects.latest("pk")
        pages = [form, wrong, client.get(saved.url), client.get(reverse("home"))]
        said = program.get(reverse("api_correction-detail", args=[correction.pk]))
        again = program.post(
            reverse("api_entry_corrections", args=["enrolment", one.pk]), {"number": OTHER_NUMBER, "reason": "看错了"}
        )
        newest = Correction.objects.latest("pk")
        assert [page.status_code for page in (form, wrong, saved, said, again)] == [200, 400, 302, 200, 201]
        own = (correction.pk, correction.number, newest.pk, newest.number)
        assert {row.number[:8] for row in (correction, newest)} == {f"GZ{walk.applicant.organisation_id:06d}"}
        taken = [received(answer.text, one, *own) for answer in (form, wrong, pages[2], said, again)]
        client.post(reverse("move", args=["correction", correction.pk, "withdraw"]), {"expected_version": 1})
        return taken

    for texts in zip(*(play(one) for one in strangers), strict=True):
        nothing_shows(list(texts), strangers)


def test_an_approved_correction_of_a_row_leaves_the_stranger_alone(walk_of_strangers, browser):
    """The school had mistyped the number: its row becomes the person it meant, the record of the mistyped number stays
    what it was.
    """
    walk = walk_of_strangers
    row = walk.extra["strangers"][0]
    stranger = row.person
    walk.to_officer()
    keeper = factories.officer(acts=(Act.MAINTAIN_PERSONS,))
    address = reverse("correction_of_entry", args=["enrolment", row.pk])
    browser(walk.applicant).post(address, {"number": OTHER_NUMBER, "reason": "看错了", "submit": "1"})
    correction = Correction.objects.get()
    case = browser(keeper).get(reverse("case", args=["correction", correction.pk])).text
    assert "只更正花名册中的这一行" in case
    decide = reverse("move", args=["correction", correction.pk, "approve"])
    assert browser(keeper).post(decide, {"expected_version": correction.version}).status_code == 302
    row.refresh_from_db()
    assert (row.entered_name, row.name, row.person.number, row.verdict) == ("", MADE_UP, OTHER_NUMBER, "none")
    kept = Person.objects.get(pk=stranger.pk)
    assert (kept.name, kept.number) == (RECORDED, stranger.number)


def test_a_row_becomes_nobodys_whose_record_has_another_name(walk_of_strangers, browser):
    """A name alone, approved, is right only where the record says so too; the office puts the record right first."""
    walk = walk_of_strangers
    row = walk.extra["strangers"][0]
    walk.to_officer()
    keeper = browser(factories.officer(acts=(Act.MAINTAIN_PERSONS,)))
    school, address = browser(walk.applicant), reverse("correction_of_entry", args=["enrolment", row.pk])
    for name, status in (("王五", 409), (RECORDED, 302)):
        school.post(address, {"name": name, "reason": "写错了", "submit": "1", "file": paper("身份证.pdf")})
        correction = Correction.objects.latest("pk")
        assert (
            keeper.post(
                reverse("move", args=["correction", correction.pk, "approve"]), {"expected_version": correction.version}
            ).status_code
            == status
        )
        if status == 409:
            keeper.post(
                reverse("move", args=["correction", correction.pk, "refuse"]),
                {"expected_version": correction.version, "reason": "不是本人"},
            )
    row.refresh_from_db()
    assert (row.entered_name, row.name) == ("", RECORDED)


def test_the_days_numbers_are_enough_for_ten_full_classes_and_nobody_sets_no_end(draft):
    """An example of policy: a school fills ten classes of sixty in a day. Without the number nothing is taken, and it
    is said.
    """
    clerk = t.clerk(draft)
    assert count_numbers(clerk.organisation, 600, by=clerk) == ""
    assert "已达600个的上限" in count_numbers(clerk.organisation, 1, by=clerk)
    with factories.world_as_it_was():
        Parameter.objects.filter(code="numbers_a_day").delete()
    assert "没有施行的“每单位每日录入的公民身份号码上限”" in count_numbers(clerk.organisation, 1, by=clerk)


def test_pages_and_programs_of_the_class_say_the_same_of_both(walk_of_strangers, browser, api):
    walk = walk_of_strangers
    strangers, pk = walk.extra["strangers"], walk.training_class.pk
    client, program = browser(walk.applicant), api(walk.applicant)

    def rows(text: str, tag: str) -> list[str]:
        found = re.findall(rf"<{tag}\b.*?</{tag}>", text, re.DOTALL)
        return [next((row for row in found if re.search(rf"/{one.pk}/", row)), "") for one in strangers]

    def mine(said: list) -> list[str]:
        by_id = {row.get("id", row.get("enrolment")): row for row in said}
        return [
            json.dumps({name: value for name, value in by_id[one.pk].items() if name != "sequence"}, ensure_ascii=False)
            for one in strangers
        ]

    def compare(texts: list[str]) -> None:
        assert all(texts)
        nothing_shows(
            [re.sub(r"(?<=序号\">)\d+", "", received(text, one)) for text, one in zip(texts, strangers, strict=True)],
            strangers,
        )

    compare([client.get(reverse("trainee_edit", args=[pk, one.pk])).text for one in strangers])
    compare(rows(client.get(reverse("class_roster", args=[pk])).text, "tr"))
    compare(mine(program.get(reverse("api_class_roster", args=[pk])).json()))
    client.post(reverse("class_precheck", args=[pk]))
    run_precheck(_newest_precheck())
    compare(mine(program.get(reverse("api_class_precheck", args=[pk])).json()["trainees"]))
    walk.to_officer()
    compare(rows(client.get(reverse("class_roster", args=[pk])).text, "tr"))
    compare(mine(program.get(reverse("api_class_roster", args=[pk])).json()))
    compare([client.get(reverse("subject", args=["enrolment", one.pk])).text for one in strangers])
    compare([re.sub(r'"id":\d+', "", program.get(reverse("api_examination", args=[one.pk])).text) for one in strangers])
    compare([program.get(reverse("api_evidence", args=["enrolment", one.pk])).text for one in strangers])
    case = client.get(reverse("case", args=["opening", walk.opening.pk])).text
    compare(
        [
            re.sub(rf"(?<=<strong>){one.sequence}(?= )", "", found)
            for one, found in zip(
                strangers,
                [
                    next(
                        iter(
                            re.findall(rf'<div class="person-exception" id="person-{one.pk}">.*?</ul>', case, re.DOTALL)
                        ),
                        "",
                    )
                    for one in strangers
                ],
                strict=True,
            )
        ]
    )
    compare([re.sub(r'(?<=序号">)\d+', "", row) for row in rows(case, "tr")])


def test_while_the_registry_of_names_is_silent_a_right_name_reads_that_it_has_not_answered(registries, browser):
    """Before, a right name was told to be compared with the identity card."""
    walk = walks.laid_off_class(["巴特尔", MADE_UP])
    registries.load([people.job_seeker(walk.people[0])])
    registries.add_records(
        "employment", walk.people[1].number, [{"type": "person", "name": RECORDED, "household": "urban"}]
    )
    registries.behave("employment", mode="down")
    client = browser(walk.applicant)
    client.post(reverse("class_precheck", args=[walk.training_class.pk]))
    run_precheck(_newest_precheck())
    page = client.get(reverse("class_precheck", args=[walk.training_class.pk])).text
    assert (page.count("核对姓名的系统暂未答复"), "请对照身份证核对" in page) == (2, False)


def test_the_certificate_check_says_the_same_of_both(walk_of_strangers, registries, browser):
    """One number is of somebody who holds the very certificate the school types, the other of
    nobody the house knows.
    """
    walk, strangers = walk_of_strangers, walk_of_strangers.extra["strangers"]
    walk.to_officer()
    walks.in_training(walk)
    for lesson in walk.reload().lessons.all():
        record_sheet(lesson, {one.pk: "present" for one in walk.enrolments}, by=walk.applicant)
    completion, project, today = (
        open_completion(walk.reload(), by=walk.applicant),
        walk.training_class.project,
        timezone.localdate(),
    )
    rows = {
        one.pk: Row(
            theory_score=Decimal(80),
            practice_score=Decimal(85),
            result="pass",
            certificate_kind="skill_level",
            certificate_number=f"示例20260000{place}7",
            certificate_on=today,
        )
        for place, one in enumerate(walk.enrolments)
    }
    save_results(completion, rows, by=walk.applicant)
    registries.add_records(
        "certificates",
        strangers[0].person.number,
        [
            {
                "type": "certificate",
                "number": rows[strangers[0].pk].certificate_number,
                "kind": "职业技能等级证书",
                "occupation": project.occupation.code,
                "level": project.level,
                "issued_on": today.isoformat(),
                "issuer": "示范评价机构",
            }
        ],
    )
    take(completion, "submit", by=walk.applicant)
    walks.run_newest(completion)
    client, pk = browser(walk.applicant), walk.training_class.pk
    for page in (
        client.get(reverse("class_completion", args=[pk])).text,
        client.get(reverse("case", args=["completion", completion.pk])).text,
    ):
        found = [
            next((row for row in re.findall(r"<tr\b.*?</tr>", page, re.DOTALL) if f">{one.sequence}</td>" in row), "")
            for one in strangers
        ]
        assert all(found)
        nothing_shows(
            [
                received(row, one)
                .replace(f">{one.sequence}</td>", "></td>")
                .replace(rows[one.pk].certificate_number, "C")
                for row, one in zip(found, strangers, strict=True)
            ],
            strangers,
        )
