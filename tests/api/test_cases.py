"""Cases and their moves through the API: the same doors, the same sentences (R-OPN-5, R-AUT-5)."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.enums import OrganisationKind, Role
from casework.domain.flow import Who, flow_of
from casework.domain.moves import take
from casework.enums import State
from casework.models import Attachment, Step
from tests import factories
from tests.factories import training as training_factory
from tests.kit.files import PDF, PNG

pytestmark = pytest.mark.django_db
PROBLEM = "application/problem+json"


def url(walk, rest="") -> str:
    return f"/api/v1/openings/{walk.opening.pk}/{rest}"


def move(client, walk, name, **body):
    return client.post(url(walk, f"moves/{name}/"), {"expected_version": walk.opening.version, **body})


def test_a_case_says_where_it_stands_and_what_may_be_done(walk, api):
    walk.to_officer()
    case = api(walk.officer).get(url(walk)).json()
    assert {
        key: case[key] for key in ("kind", "state", "state_label", "version", "round", "number", "desk", "class_name")
    } == {
        "kind": "opening",
        "state": "in_review",
        "state_label": "审核中",
        "version": 2,
        "round": 1,
        "number": walk.opening.number,
        "desk": walk.officer.organisation_id,
        "class_name": "育婴员一班",
    }
    assert case["due_on"] == walk.opening.due_on.isoformat()
    assert case["available_moves"] == [
        {"name": "approve", "label": "同意", "obstacles": [], "needs_reason": False},
        {"name": "return", "label": "退回补正", "obstacles": [], "needs_reason": True},
        {"name": "refuse", "label": "不同意", "obstacles": [], "needs_reason": True},
    ]


def test_a_move_answers_the_case_and_leaves_its_step(walk, api):
    walk.to_officer()
    answer = move(api(walk.officer), walk, "approve")
    assert (answer.status_code, answer.json()["state"], answer.json()["version"]) == (200, "approved", 3)
    steps = api(walk.applicant).get(url(walk, "steps/")).json()
    assert [step["move"] for step in steps] == ["submit", "checked", "approve"]
    assert steps[-1]["actor"] == str(walk.officer)


def test_a_request_repeated_after_a_lost_answer_decides_once(walk, api):
    walk.to_officer()
    program, body = api(walk.officer), {"expected_version": walk.opening.version}
    first = program.post(url(walk, "moves/approve/"), body)
    again = program.post(url(walk, "moves/approve/"), body)
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.json() == first.json()
    assert Step.objects.filter(kind="opening", move="approve").count() == 1


def test_a_request_that_waited_for_its_own_repetition_answers_the_case_as_it_is_now(walk):
    walk.to_officer()
    first, waiting = walk.opening, walk.opening
    version = first.version
    made = take(first, "approve", by=walk.officer, expected_version=version)
    assert take(waiting, "approve", by=walk.officer, expected_version=version) == made
    assert (waiting.state, waiting.version) == (first.state, first.version) == (State.APPROVED, version + 1)


def test_a_colleague_who_comes_second_is_told_who_was_first(walk, api):
    walk.to_officer()
    version, colleague = walk.opening.version, factories.member(walk.officer.organisation)
    move(api(walk.officer), walk, "return", reason="请补充协议")
    late = api(colleague).post(url(walk, "moves/approve/"), {"expected_version": version})
    assert (late.status_code, late["Content-Type"], late.json()["type"]) == (409, PROBLEM, "urn:fanbu:overtaken")
    assert str(walk.officer) in late.json()["obstacles"][0]
    assert walk.opening.state == State.RETURNED


def test_a_version_of_the_future_is_refused(walk, api):
    walk.to_officer()
    answer = api(walk.officer).post(url(walk, "moves/approve/"), {"expected_version": 99})
    assert (answer.status_code, walk.opening.state) == (409, State.IN_REVIEW)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"expected_version": None},
        {"expected_version": "two"},
        {"expected_version": -1},
        {"expected_version": 2, "data": []},
        {"expected_version": 2, "reason": ["x"]},
        [],
        "approve",
    ],
)
def test_a_move_that_is_not_well_formed_is_refused_by_field(walk, api, body):
    walk.to_officer()
    answer = api(walk.officer).post(url(walk, "moves/approve/"), body)
    assert (answer.status_code, answer["Content-Type"]) == (400, PROBLEM)
    assert answer.json()["errors"]
    assert walk.opening.state == State.IN_REVIEW


def test_a_version_no_database_holds_is_refused_before_anything_is_read(walk, api):
    walk.to_officer()
    answer = api(walk.officer).post(url(walk, "moves/approve/"), {"expected_version": 10**30})
    assert (answer.status_code, answer["Content-Type"], answer.json()["detail"]) == (
        400,
        PROBLEM,
        "数字过大，无法保存。",
    )
    assert walk.opening.state == State.IN_REVIEW


def test_half_a_json_is_a_problem_too(walk, api):
    answer = api(walk.officer).post(
        url(walk, "moves/approve/"), '{"expected_version": ', content_type="application/json"
    )
    assert (answer.status_code, answer["Content-Type"]) == (400, PROBLEM)


def test_refusal_without_reason_is_refused_with_the_sentence_of_the_page(walk, api):
    walk.to_officer()
    answer = move(api(walk.officer), walk, "refuse", reason="  ")
    assert (answer.status_code, answer.json()["obstacles"]) == (409, ["不同意须说明理由。"])


def test_a_move_the_flow_does_not_know_is_not_found(walk, api):
    assert move(api(walk.officer), walk, "bless").status_code == 404


def test_a_unit_that_calls_every_decision_is_refused_and_nothing_moves(walk, api):
    walk.to_officer()
    program = api(walk.applicant)
    decisions = [one.name for one in flow_of(walk.opening).moves if one.who is not Who.APPLICANT]
    assert decisions == ["checked", "approve", "return", "refuse"]
    for name in decisions:
        answer = move(program, walk, name, reason="理由")
        assert (name, answer.status_code, answer["Content-Type"]) == (name, 403, PROBLEM)
    assert (walk.opening.state, walk.opening.version) == (State.IN_REVIEW, 2)


def test_another_school_finds_nothing_at_the_number_of_the_case(walk, api):
    walk.to_officer()
    stranger = api(factories.operator(factories.unit(kind=OrganisationKind.INSTITUTION)))
    for rest in ("", "steps/", "files/", "comments/", "conditions/"):
        answer = stranger.get(url(walk, rest))
        assert (rest, answer.status_code, answer["Content-Type"]) == (rest, 404, PROBLEM)
    assert move(stranger, walk, "approve").status_code == 404
    assert stranger.get("/api/v1/openings/").json()["results"] == []


def test_the_list_is_narrowed_by_state_category_and_place(walk, api):
    walk.to_officer()
    program = api(walk.officer)

    def numbers(query: str) -> list[str]:
        return [case["number"] for case in program.get(f"/api/v1/openings/?{query}").json()["results"]]

    mine = [walk.opening.number]
    assert numbers("state=in_review&category=laid_off_unemployed&division=150100") == mine
    assert numbers("state=approved") == numbers("category=disabled") == numbers("division=150200") == []
    assert program.get("/api/v1/openings/?state=lost").status_code == 400
    assert program.get("/api/v1/openings/?division=999999").json()["errors"] == {"division": ["999999"]}


@pytest.mark.parametrize("after", ["x", "-1", "1e5", "²", "9" * 30, "%00", "cD0x"])
def test_a_page_mark_no_page_ever_gave_is_refused(walk, api, after):
    assert api(walk.officer).get(f"/api/v1/openings/?after={after}").status_code == 400


def test_a_unit_hands_in_through_the_api_and_reads_what_is_missing(walk, api):
    walk.training_class.lessons.all().delete()
    program = api(walk.applicant)
    answer = move(program, walk, "submit")
    assert (answer.status_code, answer.json()["obstacles"]) == (409, ["还没有排课。"])
    assert program.get(url(walk)).json()["available_moves"] == [
        {"name": "submit", "label": "提交", "obstacles": ["还没有排课。"], "needs_reason": False},
        {"name": "drop", "label": "放弃", "obstacles": [], "needs_reason": False},
    ]
    assert program.get(url(walk, "conditions/")).json()[0] == {
        "holds": False,
        "sentence": "还没有排课。",
        "blocks": True,
    }


def test_a_document_goes_into_its_slot_and_comes_back_only_to_the_scope(walk, api):
    program = api(walk.applicant)
    kept = program.post(
        url(walk, "files/"), {"slot": "other", "file": SimpleUploadedFile("协议.pdf", PDF)}, format="multipart"
    )
    assert (kept.status_code, kept.json()["name"]) == (201, "协议.pdf")
    (slot,) = [slot for slot in program.get(url(walk, "files/")).json() if slot["slot"] == "other"]
    assert [file["id"] for file in slot["files"]] == [kept.json()["id"]]
    path = f"/api/v1/files/{kept.json()['id']}/"
    answer = api(walk.officer).get(path)
    assert (answer.status_code, b"".join(answer.streaming_content)) == (200, PDF)
    assert api(factories.operator(factories.unit())).get(path).status_code == 404
    assert api(factories.officer("150203")).get(path).status_code == 404


@pytest.mark.parametrize(
    ("slot", "name", "content", "field"),
    [
        ("other", "协议.pdf", b"", "file"),
        ("other", "协议.pdf", b"MZ not a pdf", "file"),
        ("nonsense", "a.png", None, "slot"),
    ],
)
def test_a_document_that_cannot_be_kept_is_refused_with_its_sentence(walk, api, slot, name, content, field):
    upload = SimpleUploadedFile(name, PNG if content is None else content)
    answer = api(walk.applicant).post(url(walk, "files/"), {"slot": slot, "file": upload}, format="multipart")
    assert (answer.status_code, answer["Content-Type"], list(answer.json()["errors"])) == (400, PROBLEM, [field])
    assert Attachment.objects.count() == 0


def test_documents_are_closed_after_submission_and_never_the_officers(walk, api):
    walk.submit()
    body = {"slot": "other", "file": SimpleUploadedFile("a.pdf", PDF)}
    assert api(walk.applicant).post(url(walk, "files/"), body, format="multipart").status_code == 409
    body = {"slot": "other", "file": SimpleUploadedFile("a.pdf", PDF)}
    assert api(walk.officer).post(url(walk, "files/"), body, format="multipart").status_code == 403


def test_officers_talk_among_themselves_without_the_unit_reading_it(walk, api):
    walk.to_officer()
    officer, unit = api(walk.officer), api(walk.applicant)
    assert officer.post(url(walk, "comments/"), {"text": "电话核实过", "internal": True}).status_code == 201
    assert officer.post(url(walk, "comments/"), {"text": "请补充协议"}).status_code == 201
    assert unit.post(url(walk, "comments/"), {"text": "内部", "internal": True}).status_code == 400
    assert [one["text"] for one in unit.get(url(walk, "comments/")).json()] == ["请补充协议"]
    assert [one["text"] for one in officer.get(url(walk, "comments/")).json()] == ["电话核实过", "请补充协议"]
    auditor = api(factories.member(walk.officer.organisation, Role.AUDITOR))
    assert auditor.post(url(walk, "comments/"), {"text": "看过"}).status_code == 403


@pytest.mark.parametrize("how_many", [1, 3])
def test_the_list_asks_the_same_few_questions_however_long_it_is(how_many, api, django_assert_num_queries):
    clerk = training_factory.on_file()
    by = factories.operator(clerk.organisation)
    for _n in range(how_many):
        training_factory.draft_class(by)
    program = api(by)
    with django_assert_num_queries(4):
        assert len(program.get("/api/v1/openings/").json()["results"]) == how_many
