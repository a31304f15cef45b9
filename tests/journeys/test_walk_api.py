"""The whole way once by programs over HTTP, against the whole stack: account, unit, class, people, completion, claim,
publicity, money, month.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from demo.offices import PASSWORD
from demo.people import Someone, insured, job_seeker, shareholder
from kit.ids import uscc_from
from registry_simulator.client import Control
from tests.journeys import steps
from tests.journeys.program import Program, Visitor, asked_for_token, eventually, good, program_for, refused
from tests.stack import NEEDS_A_STACK, Demo

pytestmark = NEEDS_A_STACK
NEW_PASSWORD = "wheat-Field-2026-north"
USERNAME, SCHOOL, CODE = "lvcheng", "青城旅程职业培训学校", uscc_from("150102", 8101)
LONG_AGO = date(2024, 3, 1)
PEOPLE = 8
FAILED, STRUCK, SHAREHOLDER = 0, 6, 7
STANDARD = Decimal("1500.00")


def an_account_and_its_first_login(demo: Demo, officer: Program) -> tuple[Program, int, int]:
    """The office opens the account; the first password is changed in the browser, before that the
    API does not answer.
    """
    opened = good(
        officer.post(
            "units/",
            {
                "kind": "institution",
                "name": SCHOOL,
                "uscc": CODE,
                "division": "150102",
                "full_name": "李敏",
                "phone": "13904710001",
                "username": USERNAME,
                "requested": "phone",
            },
        ),
        201,
    )
    assert "密码" in refused(asked_for_token(demo.port, USERNAME, opened["password"]), 403)
    visitor = Visitor(demo.port).login(USERNAME, opened["password"])
    assert visitor.get("/").headers["Location"] == "/account/password/change/"
    changed = {"oldpassword": opened["password"], "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    assert visitor.post("/account/password/change/", changed).status == 302
    return program_for(demo.port, USERNAME, NEW_PASSWORD), opened["unit"]["id"], opened["registration"]


def a_registered_unit(demo: Demo, officer: Program, finance: Program) -> Program:
    """Profile, teacher, venue, submitted, approved by the office, its account confirmed by finance, listed by the
    region.
    """
    school, unit, registration = an_account_and_its_first_login(demo, officer)
    profile = {
        "entity_type": "training_body",
        "legal_representative": "王建国",
        "address": "新华大街1号",
        "established_on": "2015-03-01",
        "licence_number": "人社民1501020001",
        "facilities": "教室两间",
        "bank_name": "示例银行",
        "bank_account_name": SCHOOL,
        "bank_account": "6222020200112233445",
    }
    assert good(school.patch(f"units/{unit}/draft/", profile))["values"]["bank_account"] == "****3445"
    good(school.post("teachers/", {"name": "王老师", "qualification": "高级技师"}), 201)
    good(school.post("venues/", {"name": "一号教室", "address": "新华大街1号", "capacity": 40}), 201)
    school.move("registrations", registration, "submit")
    assert officer.move("registrations", registration, "approve")["state"] == "approved"
    (change,) = good(school.get("account-changes/"))["results"]
    assert finance.move("account-changes", change["id"], "confirm")["state"] == "approved"
    listing = {
        "organisation": good(school.get(f"units/{unit}/"))["organisation"],
        "since": "2020-07-01",
        "source": "示例目录",
        "is_example": "on",
    }
    assert Visitor(demo.port).login("region", PASSWORD).post("/catalogue/listings/new/", listing).status == 302
    return school


def a_class_with_its_people(school: Program, people: list[Someone], first_day: date) -> steps.MadeClass:
    """Seven by Excel, one row of it bad and mended; the eighth by hand."""
    made = steps.draft(school, "YLHL-5", first_day, PEOPLE)
    wrong = people[5]
    staged, job = steps.upload(school, made, steps.roster_file(people[:7], phone={wrong.number: "12345"}))
    assert (job["state"], job["percent"], job["result"]["good"], job["result"]["bad"]) == ("done", 100, 6, 1)
    (bad,) = good(school.get(f"uploads/{staged}/rows/?good=false"))["results"]
    assert list(bad["errors"]) == ["phone"]
    assert "*" in bad["cells"]["number"]
    assert good(school.patch(f"uploads/{staged}/rows/{bad['row']}/", {"phone": wrong.phone}))["bad"] == 0
    assert good(school.post(f"uploads/{staged}/take/"))["taken"] == 7
    by_hand = people[SHAREHOLDER].cells()
    good(school.post(f"{made.path}trainees/", by_hand), 201)
    assert good(school.get(f"{made.path}missing/"))["missing"] == []
    return made


def submitted_once_however_often_asked(school: Program, made: steps.MadeClass) -> None:
    """The answer was lost, so the program asks again with the same version: the same result, one step."""
    version = school.case("openings", made.opening)["version"]
    assert "刷新" in refused(school.ask_move("openings", made.opening, "submit", version + 7), 409)
    first = good(school.ask_move("openings", made.opening, "submit", version))
    again = good(school.ask_move("openings", made.opening, "submit", version))
    assert first["version"] == version + 1
    assert again["version"] >= first["version"]
    assert [step["move"] for step in good(school.get(f"openings/{made.opening}/steps/"))].count("submit") == 1


def nobody_else_gets_in(school: Program, stranger: Program, made: steps.MadeClass) -> None:
    """Another school finds nothing at all; the own school may not decide."""
    for path in (
        made.path,
        f"openings/{made.opening}/",
        f"{made.path}roster/",
        f"{made.path}timetable/",
        f"openings/{made.opening}/steps/",
    ):
        refused(stranger.get(path), 404)
    refused(stranger.post(f"openings/{made.opening}/roster/", files={"file": ("x.xlsx", b"")}), 404)
    version = school.case("openings", made.opening)["version"]
    person = good(school.get(f"{made.path}roster/"))[0]["id"]
    for name in ("approve", "return", "refuse"):
        refused(stranger.ask_move("openings", made.opening, name, version, reason="x"), 404)
        refused(school.ask_move("openings", made.opening, name, version, reason="x"), 403)
    refused(school.post(f"enrolments/{person}/strike/", {"reason": "x"}), 403)
    refused(stranger.post(f"enrolments/{person}/strike/", {"reason": "x"}), 404)
    refused(school.get(f"enrolments/{person}/assistances/"), 403)
    refused(Program(school.port).get(f"openings/{made.opening}/"), 401)


def two_exceptions_settled(officer: Program, school: Program, made: steps.MadeClass) -> None:
    """One struck out with a reason, one verified by people; while they are open nobody can agree."""
    case = officer.in_state("openings", made.opening, "in_review")
    approve = next(move for move in case["available_moves"] if move["name"] == "approve")
    assert len(approve["obstacles"]) == 2, approve
    refused(officer.ask_move("openings", made.opening, "approve", case["version"]), 409)
    roster = good(officer.get(f"{made.path}roster/"))
    assert [row["verdict"] for row in roster] == ["eligible"] * 6 + ["ineligible", "needs_verification"]
    struck, asked = roster[STRUCK], roster[SHAREHOLDER]
    refused(officer.post(f"enrolments/{struck['id']}/strike/", {"reason": ""}), 409)
    good(officer.post(f"enrolments/{struck['id']}/strike/", {"reason": "比对期间有企业为其缴纳社会保险"}))
    (question,) = good(officer.get(f"enrolments/{asked['id']}/assistances/"))
    found = {
        "answer": "confirmed",
        "department": "市场监管局",
        "letter": "新城市监函〔2026〕1号",
        "note": "仅持有少量股份，未参与经营",
    }
    path = f"enrolments/{asked['id']}/assistances/{question['check_code']}/"
    refused(school.post(path, found), 403)
    good(officer.post(path, found))
    examination = good(officer.get(f"enrolments/{asked['id']}/examination/"))
    assert (examination["verdict"], examination["gate"]) == ("eligible", "opening")
    assert all(result["sentence"] and result["clause"] for result in examination["results"])
    assert officer.move("openings", made.opening, "approve")["state"] == "approved"


def taught(school: Program, made: steps.MadeClass, roster: list[dict]) -> None:
    """Attendance of every lesson; a later change needs its reason."""
    marks = {str(row["id"]): "present" for row in roster}
    for lesson in made.lessons:
        good(school.put(f"lessons/{lesson['id']}/attendance/", {"marks": marks}))
    changed = marks | {str(roster[1]["id"]): "leave"}
    path = f"lessons/{made.lessons[0]['id']}/attendance/"
    refused(school.put(path, {"marks": changed}), 409)
    assert good(school.put(path, {"marks": changed, "correction": "当日因病请假，已补交假条"}))["correction"]


def completed(
    school: Program, second: Program, door: Control, made: steps.MadeClass, people: list[Someone], day: date
) -> None:
    """Results; one fails, the others' certificates are found in the registry; another officer than at the opening
    agrees.
    """
    roster = living(school, made)
    rows = []
    for row in roster:
        number = f"S0001501020{made.pk:05d}{row['sequence']:02d}"
        passed = row["sequence"] != FAILED + 1
        rows.append(
            {
                "enrolment": row["id"],
                "theory_score": "82" if passed else "41",
                "practice_score": "88",
                "result": "pass" if passed else "fail",
            }
            | (
                {"certificate_kind": "skill_level", "certificate_number": number, "certificate_on": day.isoformat()}
                if passed
                else {}
            )
        )
        if passed:
            door.add_records(
                "certificates",
                people[row["sequence"] - 1].number,
                [
                    {
                        "type": "certificate",
                        "number": number,
                        "kind": "skill_level",
                        "occupation": "4-10-01-05",
                        "level": 5,
                        "issued_on": day.isoformat(),
                        "issuer": "示范评价机构",
                    }
                ],
            )
    saved = good(school.put(f"{made.path}results/", {"rows": rows}))
    assert [row["attendance_percent"] for row in saved] == ["100.0", "87.5", *["100.0"] * 5]
    completion = good(school.post(f"{made.path}completion/"), 201)["id"]
    school.move("completions", completion, "submit")
    second.in_state("completions", completion, "in_review")
    assert second.move("completions", completion, "approve")["state"] == "approved"
    verified = [row["certificate_verified"] for row in living(school, made)]
    assert verified == [False] + [True] * 6


def living(program: Program, made: steps.MadeClass) -> list[dict]:
    return [row for row in good(program.get(f"{made.path}roster/")) if not row["struck_out_at"]]


def claimed_and_reviewed_twice(
    demo: Demo, school: Program, officer: Program, second: Program, made: steps.MadeClass
) -> tuple[int, int]:
    """The amount with its basis; the same person may not review twice; publicity is masked and open to everyone."""
    claim = good(school.post(f"{made.path}subsidy/"), 201)
    total = STANDARD * 6
    assert (claim["amount"], claim["state"]) == (f"{total:.2f}", "draft")
    school.move("subsidies", claim["id"], "submit")
    officer.in_state("subsidies", claim["id"], "in_review")
    lines = good(officer.get(f"subsidies/{claim['id']}/lines/"))
    assert sorted(line["amount"] for line in lines) == ["0.00"] + [f"{STANDARD}"] * 6
    assert all(line["basis"]["formula"] and line["basis"]["source"] for line in lines if line["amount"] != "0.00")
    first = officer.move("subsidies", claim["id"], "approve")
    assert first["state"] == "in_review"
    assert "同一人" in refused(officer.ask_move("subsidies", claim["id"], "approve", first["version"]), 409)
    case = second.move("subsidies", claim["id"], "approve")
    assert case["state"] == "publicity"
    shown = good(Program(demo.port).get(f"publicities/{case['publicity']}/"))
    assert [row["amount"] for row in shown["rows"]] == [f"{STANDARD}"] * 6
    assert all("*" in row["name"] and "*" in row["number"] for row in shown["rows"])
    return claim["id"], steps.days_between(demo.today(), date.fromisoformat(shown["ends"])) + 1


def paid(demo: Demo, finance: Program, school: Program, claim: int) -> None:
    """A batch, the bank's file, the bank's answer made from it; settled."""
    assert claim in [row["id"] for row in good(finance.get("payables/"))["results"]]
    batch = good(finance.post("batches/", {"subsidies": [claim]}), 201)["id"]
    assert finance.move("batches", batch, "freeze")["has_bank_file"] is True
    bank_file = good(finance.get(f"batches/{batch}/file/"))
    refused(school.get(f"batches/{batch}/file/"), 404)
    said = steps.bank_answer(bank_file, demo.today())
    good(finance.post(f"batches/{batch}/result/", files={"file": ("回执.xlsx", said)}))
    (payment,) = good(finance.get(f"batches/{batch}/payments/"))
    assert (payment["state"], payment["amount"], payment["bank_account"]) == ("paid", f"{STANDARD * 6:.2f}", "****3445")
    assert finance.move("batches", batch, "settle")["state"] == "settled"
    assert sorted(line["state"] for line in good(school.get(f"subsidies/{claim}/lines/"))) == ["paid"] * 6 + ["refused"]


def subsidised(league: Program, day: date) -> dict[str, str]:
    """Form A of the month, the row of the whole."""
    table = good(league.get(f"reports/A/?year={day.year}&month={day.month}"))
    return table["rows"][0]["month"]


def test_from_an_account_to_the_money_through_the_api(
    demo: Demo,
    door: Control,
    program: Callable[[str], Program],
    somebody: Callable[[int], list[Someone]],
    move_on: Callable[[int], None],
) -> None:
    officer, second, finance, league = (program(name) for name in ("officer1", "officer2", "finance", "league"))
    people = [job_seeker(person, LONG_AGO) for person in somebody(PEOPLE)]
    insured(people[STRUCK], LONG_AGO, uscc_from("150102", 7002))
    shareholder(people[SHAREHOLDER], LONG_AGO, uscc_from("150102", 7002))
    door.load(person.entry() for person in people)
    school = a_registered_unit(demo, officer, finance)
    first_day = steps.workday_after(demo.today(), 6)
    made = a_class_with_its_people(school, people, first_day)
    submitted_once_however_often_asked(school, made)
    nobody_else_gets_in(school, program("school2"), made)
    two_exceptions_settled(officer, school, made)

    move_on(steps.days_between(demo.today(), first_day))
    eventually(lambda: good(school.get(made.path))["stage"] == "in_training", what="the class begins")
    move_on(steps.days_between(demo.today(), made.last_day))
    taught(school, made, living(school, made))
    move_on(1)
    completed(school, second, door, made, people, demo.today())
    claim, days = claimed_and_reviewed_twice(demo, school, officer, second, made)
    move_on(days)
    officer.in_state("subsidies", claim, "concluding")
    refused(school.ask_move("subsidies", claim, "conclude", school.case("subsidies", claim)["version"]), 403)
    conclude = eventually(
        lambda: [
            m
            for m in second.case("subsidies", claim)["available_moves"]
            if m["name"] == "conclude" and not m["obstacles"]
        ]
    )
    assert conclude[0]["label"] == "批准拨付"
    before = subsidised(league, demo.today())
    assert second.move("subsidies", claim, "conclude")["state"] == "approved"
    paid(demo, finance, school, claim)
    after = subsidised(league, demo.today())
    assert after != before
    assert good(school.get(made.path))["stage"] == "paid"
    assert [case["kind"] for case in good(school.get(made.path))["cases"]] == ["opening", "completion", "subsidy"]
