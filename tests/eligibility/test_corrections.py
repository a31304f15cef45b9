"""更正: a name or a number put right by a case, never by a second person (R-AUT-4, R-AUT-5, R-SEC-1, R-SEC-2)."""

from __future__ import annotations

import threading
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse

from accounts.domain.labels import describe_data
from accounts.enums import Act, OrganisationKind, Role
from accounts.models import Event
from casework.domain.moves import take
from casework.models import Job, WorkItem
from eligibility.domain.corrections import draft, entered_by, recorded_for
from eligibility.domain.people import number_hash, people_for
from eligibility.models import Assistance, Correction, Examination, Letter, LetterRow, Person
from eligibility.tasks import ask_anew_about
from kit.ids import citizen_number_from, upgrade_fifteen
from kit.refusals import NotNow
from tests import factories
from tests.eligibility.desk import paper
from tests.factories import eligibility as people
from tests.factories import training as make
from tests.training import walk as walks
from training.models import Enrolment

pytestmark = pytest.mark.django_db
MAINTAIN = (Act.MAINTAIN_PERSONS,)


@pytest.fixture
def walk(registries):
    """Three people of a school in review, and an office that may maintain persons."""
    made = walks.laid_off_class()
    registries.load([people.job_seeker(person) for person in made.people])
    made.to_officer()
    made.extra["keeper"] = factories.officer(acts=MAINTAIN)
    made.extra["colleague"] = factories.member(made.extra["keeper"].organisation)
    return made


def ask(client, person, submit=True, office=False, **said):
    """A unit asks about its row, an office about the person."""
    said = {"reason": "录入时错了一位"} | said | ({"submit": "1"} if submit else {})
    return client.post(reverse("correction_new", args=[person.pk]) if office else row_of(person), said)


def row_of(person) -> str:
    return reverse("correction_of_entry", args=["enrolment", person.enrolments.earliest("pk").pk])


def entry(person, by):
    return (
        entered_by(by, "enrolment", person.enrolments.earliest("pk").pk) if by.is_unit else recorded_for(person.pk, by)
    )


def asked(walk, person=None, by=None, upload=True, **said) -> Correction:
    """A correction in review."""
    made = draft(
        entry(person or walk.people[0], by or walk.applicant),
        said.get("name", ""),
        said.get("number", ""),
        said.get("reason", "录入时错了一位"),
        paper("身份证.pdf") if upload else None,
        by=by or walk.applicant,
    )
    take(made, "submit", by=by or walk.applicant)
    return made


def decide(client, correction, move="approve", **said):
    correction.refresh_from_db()
    return client.post(
        reverse("move", args=["correction", correction.pk, move]), {"expected_version": correction.version} | said
    )


def of(person) -> Person:
    return Person.objects.get(pk=person.pk)


# ── asking
# ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_school_that_entered_somebody_asks_and_the_office_decides(walk, browser):
    person, right = walk.people[0], people.number()
    page = ask(browser(walk.applicant), person, number=right, file=paper("身份证.pdf"))
    correction = Correction.objects.get()
    assert (page.status_code, page.url) == (302, reverse("case", args=["correction", correction.pk]))
    assert (correction.state, correction.need, correction.desk) == (
        "in_review",
        Act.MAINTAIN_PERSONS,
        walk.extra["keeper"].organisation,
    )
    assert of(person).number == person.number
    assert decide(browser(walk.extra["keeper"]), correction).status_code == 302
    now = of(person)
    assert (now.number, now.number_hash, now.head, now.tail) == (right, number_hash(right), right[:3], right[-4:])
    assert (now.name, Person.objects.count()) == (person.name, 3)


def test_birthday_and_sex_follow_the_number(walk, browser):
    person, right = walk.people[0], citizen_number_from("150102", date(1979, 3, 8), 402)
    decide(browser(walk.extra["keeper"]), asked(walk, number=right))
    now = of(person)
    assert (now.birth_date, now.sex) == (date(1979, 3, 8), "female")


def test_a_new_name_follows_everywhere_with_its_letters(walk, browser):
    person = walk.people[0]
    decide(browser(walk.extra["keeper"]), asked(walk, name="乌云 其木格"))
    now = of(person)
    assert (now.name, now.letters, now.number) == ("乌云其木格", sorted(set("乌云其木格")), person.number)


def test_a_new_name_without_a_paper_is_kept_as_a_draft_and_not_submitted(walk, browser):
    page = ask(browser(walk.applicant), walk.people[0], name="乌云其木格")
    assert (page.status_code, Correction.objects.get().state) == (409, "draft")
    assert "更正姓名须上传身份证复印件" in page.text
    assert 'value="乌云其木格"' in page.text


def test_an_old_number_of_fifteen_digits_becomes_eighteen(walk, browser):
    ask(browser(walk.applicant), walk.people[0], number="150102790308402")
    assert Correction.objects.get().new_number == upgrade_fifteen("150102790308402")


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        ("150102199005010011", "校验码"),
        ("1501021990050100", "应为 18 位"),
        ("150102199013010012", "校验码"),
        ("1.50102E+17", "Excel"),
    ],
)
def test_a_wrong_number_is_refused_with_a_sentence_and_what_was_typed_stays(walk, browser, number, sentence):
    page = ask(browser(walk.applicant), walk.people[0], number=number, reason="看错了")
    assert (page.status_code, Correction.objects.count()) == (400, 0)
    assert sentence in page.text
    assert f'value="{number}"' in page.text
    assert "看错了" in page.text


def test_asking_for_what_is_there_already_is_refused(walk, browser):
    person = walk.people[0]
    page = ask(browser(walk.applicant), person, number=person.number.lower(), name=f" {person.name} ")
    assert (page.status_code, Correction.objects.count()) == (400, 0)
    assert "没有要更正的内容" in page.text


def test_the_reason_is_demanded_at_submission(walk, browser):
    page = ask(browser(walk.applicant), walk.people[0], number=people.number(), reason="  ")
    assert (page.status_code, "请说明更正的理由" in page.text) == (409, True)


# ── who may
# ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_school_next_door_finds_nobody_it_did_not_enter(walk, browser):
    neighbour = browser(factories.operator(factories.unit()))
    assert neighbour.get(row_of(walk.people[0])).status_code == 404
    assert ask(neighbour, walk.people[0], number=people.number()).status_code == 404
    assert Correction.objects.count() == 0


def test_the_employer_of_a_class_did_not_enter_its_people(walk, browser):
    works = factories.unit(kind=OrganisationKind.ENTERPRISE)
    walk.training_class.employer = works
    walk.training_class.save()
    assert ask(browser(factories.operator(works)), walk.people[0], number=people.number()).status_code == 404


def test_of_the_offices_only_officers_of_the_place_ask(walk, browser):
    elsewhere = factories.officer("150203", acts=MAINTAIN)
    assert ask(browser(elsewhere), walk.people[0], office=True, number=people.number()).status_code == 404
    auditor = factories.member(walk.extra["keeper"].organisation, Role.AUDITOR)
    assert ask(browser(auditor), walk.people[0], office=True, number=people.number()).status_code == 403
    league = factories.officer("150100", acts=MAINTAIN)
    assert ask(browser(league), walk.people[0], office=True, number=people.number()).status_code == 302
    assert Correction.objects.get().desk == walk.extra["keeper"].organisation


def test_without_a_grant_the_office_neither_asks_nor_decides(registries, browser):
    made = walks.laid_off_class()
    registries.load([people.job_seeker(person) for person in made.people])
    made.to_officer()
    assert ask(browser(made.officer), made.people[0], office=True, number=people.number()).status_code == 403
    correction = asked(made, made.people[0], number=people.number())
    assert correction.desk == made.officer.organisation
    assert decide(browser(made.officer), correction).status_code == 403


def test_who_asked_does_not_decide_but_a_colleague_does(walk, browser):
    keeper, colleague = walk.extra["keeper"], walk.extra["colleague"]
    right = people.number()
    assert ask(browser(keeper), walk.people[0], office=True, number=right).status_code == 302
    correction = Correction.objects.get()
    page = decide(browser(keeper), correction)
    assert (page.status_code, "须由另一名有权限的工作人员决定" in page.text) == (409, True)
    assert decide(browser(keeper), correction, "refuse", reason="x").status_code == 409
    assert decide(browser(colleague), correction).status_code == 302
    assert of(walk.people[0]).number == right


def test_a_unit_never_decides(walk, browser):
    assert decide(browser(walk.applicant), asked(walk, number=people.number())).status_code == 403


def test_a_unit_does_not_learn_whose_number_it_is(walk, browser):
    other = people.person("巴图", birth=date(1971, 2, 1))
    correction = asked(walk, number=other.number, name="巴图")
    page = browser(walk.applicant).get(reverse("case", args=["correction", correction.pk]))
    assert (page.status_code, "已有一份记录" in page.text) == (200, False)
    seen = browser(walk.extra["keeper"]).get(reverse("case", args=["correction", correction.pk]))
    assert "新号码已有一份记录" in seen.text
    assert other.masked_number in seen.text
    assert other.number not in seen.text


# ── what was, and what follows
# ──────────────────────────────────────────────────────────────────────────────────────────


def test_old_values_stay_encrypted_and_the_page_shows_only_what_differs(walk, browser):
    person = walk.people[0]
    right = citizen_number_from(person.number[:6], person.birth_date, 998)
    correction = asked(walk, number=right)
    decide(browser(walk.extra["keeper"]), correction)
    with connection.cursor() as cursor:
        cursor.execute("SELECT old_number::text || new_number::text FROM eligibility_correction")
        (stored,) = cursor.fetchone()
    assert person.number.encode().hex() not in stored
    assert Correction.objects.get().old_number == person.number
    page = browser(walk.extra["colleague"]).get(reverse("case", args=["correction", correction.pk])).text
    assert (person.number in page, right in page) == (False, False)
    assert f"{right[:3]}***********{right[-4:]}" in page


def test_the_decision_page_asks_a_bounded_number_of_questions(walk, browser, django_assert_max_num_queries):
    other = people.person("乌云", birth=date(1981, 4, 1))
    correction = asked(walk, number=other.number)
    officer = browser(walk.extra["keeper"])
    with django_assert_max_num_queries(30):
        assert officer.get(reverse("case", args=["correction", correction.pk])).status_code == 200


def test_the_audit_tells_what_was_put_right_without_numbers(walk, browser):
    correction = asked(walk, name="乌云其木格", number=people.number())
    decide(browser(walk.extra["keeper"]), correction)
    event = Event.objects.get(act="person.corrected")
    assert dict(describe_data(event.data)) == {"更正单号": correction.number, "更正的内容": "姓名、号码"}
    said = "".join(
        f"{one.data}{one.subject}{one.reason}" for one in Event.objects.filter(act__startswith="correction.")
    )
    assert (correction.old_number in said, correction.new_number in said) == (False, False)


def test_the_life_line_tells_it_and_the_old_number_finds_the_person(walk, browser):
    person, old = walk.people[0], walk.people[0].number
    officer = browser(walk.extra["colleague"])
    decide(browser(walk.extra["keeper"]), asked(walk, number=people.number(), name="乌云其木格"))
    found = officer.post(reverse("people"), {"number": old})
    assert (found.status_code, found.url) == (302, reverse("person", args=[person.pk]))
    page = officer.get(found.url).text
    assert "信息更正：已同意" in page
    assert "姓名：乌云 → 乌云其木格" in page
    assert old not in page


def test_a_number_of_nobody_in_the_scope_is_not_found(walk, browser):
    stranger = browser(factories.officer("150203"))
    page = stranger.post(reverse("people"), {"number": walk.people[0].number})
    assert (page.status_code, "没有这个号码的人员" in page.text) == (400, True)
    assert browser(walk.applicant).get(reverse("people")).status_code == 403


def test_the_freed_number_is_anybodys_again(walk, browser):
    old = walk.people[0].number
    decide(browser(walk.extra["keeper"]), asked(walk, number=people.number()))
    newcomer = people_for([(old, "陈静")])[old]
    assert (newcomer.pk == walk.people[0].pk, newcomer.name) == (False, "陈静")


def test_the_same_slip_on_another_roster_is_pointed_out(walk, browser):
    old, name = walk.people[0].number, walk.people[0].name
    decide(browser(walk.extra["keeper"]), asked(walk, number=people.number()))
    other = make.draft_class()
    upload = make.upload(other, [make.row(1, number=old, name=name), make.row(2, number=people.number(), name=name)])
    assert [row.warnings for row in upload.rows.order_by("row")] == [[["corrected"]], []]
    stranger = make.upload(other, [make.row(1, number=old, name="陈静")])
    assert stranger.rows.get().warnings == []


def test_judgements_stay_as_they_were_asked_and_the_open_case_is_asked_anew(walk, registries, browser):
    enrolment = walk.enrolments[0]
    before = Examination.objects.get(pk=enrolment.examination_id)
    right = people.number()
    decide(browser(walk.extra["keeper"]), asked(walk, number=right))
    registries.load([people.job_seeker(of(walk.people[0]))])
    ask_anew_about(Job.objects.get(task="eligibility.tasks.ask_anew").pk)
    assert walks.run_newest(walk.opening).state == "done"
    now = Examination.objects.filter(subject_id=enrolment.pk).latest("pk")
    assert (now.pk > before.pk, now.verdict) == (True, "eligible")
    assert Examination.objects.get(pk=before.pk).results == before.results


def test_a_number_the_registries_know_otherwise_opens_the_case_again(walk, registries, browser):
    decide(browser(walk.extra["keeper"]), asked(walk, number=people.number()))
    ask_anew_about(Job.objects.get(task="eligibility.tasks.ask_anew").pk)
    walks.run_newest(walk.opening)
    assert walk.enrolments[0].verdict == "ineligible"
    assert [row.verdict for row in walk.enrolments[1:]] == ["eligible", "eligible"]
    assert WorkItem.objects.get(kind="opening", object_id=walk.opening.pk).exceptions == 1


def test_a_name_is_asked_anew_too(walk, registries, browser):
    person = walk.people[0]
    decide(browser(walk.extra["keeper"]), asked(walk, name="乌云其木格"))
    registries.load([people.job_seeker(of(person))])
    ask_anew_about(Job.objects.get(task="eligibility.tasks.ask_anew").pk)
    walks.run_newest(walk.opening)
    assert walk.enrolments[0].verdict == "eligible"


def test_nothing_changes_while_the_class_is_being_compared(registries, browser):
    made = walks.laid_off_class()
    made.submit()
    keeper = factories.officer(acts=MAINTAIN)
    page = decide(browser(keeper), asked(made, made.people[0], number=people.number()))
    assert (page.status_code, "正在比对" in page.text) == (409, True)


# ── two at once
# ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_second_correction_waits_for_the_first(walk, browser):
    asked(walk, number=people.number())
    page = ask(browser(walk.extra["keeper"]), walk.people[0], office=True, number=people.number())
    assert (page.status_code, "已有一件更正正在审核" in page.text) == (409, True)


def test_a_correction_of_what_is_no_longer_so_must_be_looked_at_again(walk, browser):
    late = draft(entry(walk.people[0], walk.applicant), "", people.number(), "看错了", by=walk.applicant)
    decide(browser(walk.extra["keeper"]), asked(walk, name="乌云其木格"))
    page = browser(walk.applicant).post(
        reverse("move", args=["correction", late.pk, "submit"]), {"expected_version": 0}
    )
    assert (page.status_code, "已另行更正" in page.text) == (409, True)
    right = people.number()
    again = browser(walk.applicant).post(
        reverse("correction_edit", args=[late.pk]), {"number": right, "reason": "看错了", "submit": "1"}
    )
    assert again.status_code == 302
    decide(browser(walk.extra["keeper"]), late)
    assert (of(walk.people[0]).number, of(walk.people[0]).name) == (right, "乌云其木格")


def test_returned_it_is_mended_and_decided(walk, browser):
    correction, right = asked(walk, number=people.number()), people.number()
    decide(browser(walk.extra["keeper"]), correction, "return", reason="复印件不清")
    page = browser(walk.applicant).post(
        reverse("correction_edit", args=[correction.pk]), {"number": right, "reason": "重传", "submit": "1"}
    )
    assert page.status_code == 302
    decide(browser(walk.extra["keeper"]), correction)
    assert of(walk.people[0]).number == right


def test_what_is_submitted_is_not_changed_any_more(walk, browser):
    correction = asked(walk, number=people.number())
    page = browser(walk.applicant).post(
        reverse("correction_edit", args=[correction.pk]), {"number": people.number(), "reason": "x"}
    )
    assert page.status_code == 409
    assert (
        browser(factories.operator(factories.unit())).get(reverse("correction_edit", args=[correction.pk])).status_code
        == 404
    )
    assert browser(walk.extra["colleague"]).get(reverse("correction_edit", args=[correction.pk])).status_code == 403


# ── two records, one person
# ─────────────────────────────────────────────────────────────────────────────────────────────


def second_class(walk, person) -> Enrolment:
    """The same citizen, rightly entered in an earlier class of another school."""
    other = walks.laid_off_class([person.name])
    row = other.enrolments[0]
    Enrolment.objects.filter(pk=row.pk).update(person=person)
    Person.objects.filter(pk=row.person_id).delete()
    return Enrolment.objects.get(pk=row.pk)


def test_a_number_on_record_makes_two_records_one(walk, browser):
    wrong, right = walk.people[0], people.person("乌云", birth=date(1981, 4, 1))
    elsewhere = second_class(walk, right)
    row = walk.enrolments[0]
    Assistance.objects.create(
        subject_kind="enrolment", subject_id=row.pk, person=wrong, check_code="x", division=walk.opening.division
    )
    letter = Letter.objects.create(
        number="函1",
        year=2026,
        sequence=1,
        department="残联",
        division=walk.opening.division,
        organisation=walk.officer.organisation,
        issued_by=walk.officer,
        issued_at=walk.opening.submitted_at,
        due_on=date(2026, 1, 1),
    )
    LetterRow.objects.create(letter=letter, sequence=1, check_code="x", heading="x", person=wrong)
    correction = asked(walk, number=right.number)
    assert decide(browser(walk.extra["keeper"]), correction).status_code == 302
    assert not Person.objects.filter(pk=wrong.pk).exists()
    assert {e.person_id for e in (walk.enrolments[0], Enrolment.objects.get(pk=elsewhere.pk))} == {right.pk}
    assert set(Examination.objects.filter(subject_id=row.pk).values_list("person", flat=True)) == {right.pk}
    assert (Assistance.objects.get().person_id, LetterRow.objects.get().person_id) == (right.pk, right.pk)
    correction.refresh_from_db()
    assert (correction.person_id, correction.merged, correction.old_number) == (right.pk, wrong.pk, wrong.number)
    event = Event.objects.get(act="person.merged")
    assert right.number not in str(event.data) + event.subject
    assert ("转入的记录数", "5") in describe_data(event.data, event.act)
    assert (event.data["merged"], event.data["moved"]["training.enrolment"]) == (wrong.pk, 1)


def test_the_page_of_a_merged_record_leads_to_the_one_that_stays(walk, browser):
    wrong, right = walk.people[0], people.person("乌云", birth=date(1981, 4, 1))
    decide(browser(walk.extra["keeper"]), asked(walk, number=right.number))
    answer = browser(walk.extra["keeper"]).get(reverse("person", args=[wrong.pk]))
    assert (answer.status_code, answer.url) == (302, reverse("person", args=[right.pk]))
    assert "与同一号码的记录合并" in browser(walk.extra["keeper"]).get(answer.url).text


def test_two_on_one_roster_are_not_made_one(walk, browser):
    one, other = walk.people[0], walk.people[1]
    Person.objects.filter(pk=other.pk).update(name=one.name)
    correction = asked(walk, number=other.number)
    page = decide(browser(walk.extra["keeper"]), correction)
    assert (page.status_code, "请先剔除或移出其中一人" in page.text) == (409, True)
    assert Person.objects.filter(pk=one.pk).exists()


def test_a_number_of_somebody_with_another_name_is_not_taken_over(walk, browser):
    other = people.person("巴图", birth=date(1971, 2, 1))
    page = decide(browser(walk.extra["keeper"]), asked(walk, number=other.number))
    assert (page.status_code, "姓名不同，不能合并" in page.text) == (409, True)
    assert of(walk.people[0]).number == walk.people[0].number


# ── programs
# ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_program_asks_and_decides_by_the_same_rules(walk, api):
    person, right = walk.people[0], people.number()
    school, keeper = api(walk.applicant), api(walk.extra["keeper"])
    path = f"/api/v1/checked/enrolment/{walk.enrolments[0].pk}/corrections/"
    assert school.post(f"/api/v1/people/{person.pk}/corrections/", {"number": right}).status_code == 404
    assert api(factories.operator(factories.unit())).post(path, {"number": right}).status_code == 404
    bad = school.post(path, {"number": "150102199005010011", "reason": "x"})
    assert (bad.status_code, list(bad.json()["errors"])) == (400, ["number"])
    made = school.post(path, {"number": right, "reason": "看错了"}).json()
    assert (made["state"], made["new_number"]) == ("draft", f"{right[:3]}***********{right[-4:]}")
    case = f"/api/v1/corrections/{made['id']}/"
    assert school.post(f"{case}files/", {"slot": "evidence", "file": paper()}, format="multipart").status_code == 201
    assert school.post(f"{case}moves/submit/", {"expected_version": 0}).status_code == 200
    assert school.post(f"{case}moves/approve/", {"expected_version": 1}).status_code == 403
    assert school.patch(case, {"number": people.number()}).status_code == 409
    done = keeper.post(f"{case}moves/approve/", {"expected_version": 1})
    assert (done.status_code, done.json()["state"]) == (200, "approved")
    found = keeper.post("/api/v1/people/search/", {"number": person.number}).json()
    assert [one["id"] for one in found] == [person.pk]


def test_the_strip_of_a_program(walk, api):
    gates = api(walk.officer).get(f"/api/v1/checked/enrolment/{walk.enrolments[0].pk}/").json()
    assert [(gate["gate"], gate["verdict"]) for gate in gates] == [
        ("opening", "eligible"),
        ("completion", ""),
        ("subsidy", ""),
        ("payment", ""),
    ]


# ── at the same moment
# ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.django_db(transaction=True)
def test_of_two_submitted_at_once_one_wins(registries):
    made = walks.laid_off_class()
    made.submit()
    keeper = factories.officer(acts=MAINTAIN)
    drafts = [draft(entry(made.people[0], by), "", people.number(), "看错了", by=by) for by in (made.applicant, keeper)]
    said: list[str] = []
    start = threading.Barrier(2)

    def submit(correction, by):
        start.wait()
        try:
            take(correction, "submit", by=by)
            said.append("done")
        except NotNow as refused:
            said.append(str(refused))
        finally:
            connection.close()

    workers = [
        threading.Thread(target=submit, args=pair) for pair in zip(drafts, (made.applicant, keeper), strict=True)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(said) == ["done", "此人已有一件更正正在审核，办结后才能提交这一件。"]


def test_a_file_that_is_no_paper_is_refused_beside_its_field(walk, browser):
    page = ask(browser(walk.applicant), walk.people[0], number=people.number(), file=SimpleUploadedFile("a.pdf", b"MZ"))
    assert (page.status_code, Correction.objects.count()) == (400, 0)
