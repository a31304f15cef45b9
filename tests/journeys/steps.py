"""Steps of a class through the API that the journeys share: a draft with a teacher and a room of its own, a roster,
submission.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from typing import Any

from openpyxl import Workbook, load_workbook

from demo.people import Someone
from kit.workdays import Calendar
from tests.journeys.program import Program, good

HEADS = ["序号", "姓名", "公民身份号码", "民族", "户口性质", "手机号码", "开户银行", "银行账号"]
HALF_DAYS = [{"starts": "08:30", "hours": "4"}, {"starts": "14:00", "hours": "4"}]
_rooms = count(1)


@dataclass(frozen=True)
class MadeClass:
    """A class and its opening by their ids."""

    pk: int
    opening: int
    lessons: list[dict[str, Any]]

    @property
    def path(self) -> str:
        return f"classes/{self.pk}/"

    @property
    def last_day(self) -> date:
        return date.fromisoformat(self.lessons[-1]["day"])


def workday_after(day: date, days: int) -> date:
    return Calendar().add(day, days).day


def roster_file(people: Iterable[Someone], **wrong: dict[str, str]) -> bytes:
    """The workbook a clerk would upload; `wrong` replaces cells by column: {number: text}."""
    book = Workbook()
    book.active.append(HEADS)
    for place, someone in enumerate(people, start=1):
        cells = {
            **someone.cells(),
            **{column: texts[someone.number] for column, texts in wrong.items() if someone.number in texts},
        }
        keys = ("name", "number", "ethnicity", "household", "phone", "bank_name", "bank_account")
        book.active.append([place, *(cells[key] for key in keys)])
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def project_of(program: Program, code: str) -> int:
    """A project of the catalogue by its code."""
    rows = good(program.get("projects/"))["results"]
    return next(row["id"] for row in rows if row["code"] == code)


def draft(
    school: Program, project: str, first_day: date, people: int, category: str = "laid_off_unemployed"
) -> MadeClass:
    """A draft with its timetable; teacher and room are new, so that no other class is in the way."""
    room = next(_rooms)
    teacher = good(school.post("teachers/", {"name": f"王{chr(0x4E00 + room)}", "qualification": "高级技师"}), 201)[
        "id"
    ]
    venue = good(school.post("venues/", {"name": f"第{room}教室", "address": "新华大街1号", "capacity": 60}), 201)["id"]
    made = good(
        school.post(
            "classes/",
            {
                "name": f"旅程第{room}班",
                "category": category,
                "project": project_of(school, project),
                "first_day": first_day.isoformat(),
                "fund_source": "employment",
                "venue": venue,
                "teachers": [teacher],
                "planned_people": people,
                "fee": "0.00",
            },
        ),
        201,
    )
    plan = {"weekdays": list(range(7)), "slots": HALF_DAYS, "teacher": teacher, "venue": venue}
    lessons = good(school.post(f"classes/{made['id']}/timetable/", plan))
    return MadeClass(made["id"], made["opening"], lessons)


def upload(school: Program, made: MadeClass, content: bytes) -> tuple[int, dict[str, Any]]:
    """Hand in a roster: 202 and a job; the upload's id and the job when it has ended."""
    answer = school.post(f"openings/{made.opening}/roster/", files={"file": ("花名册.xlsx", content)})
    accepted = good(answer, 202)
    assert answer.headers["Location"].endswith(f"/api/v1/jobs/{accepted['job']['id']}/")
    return accepted["upload"], school.finished(accepted["job"]["id"])


def full_class(school: Program, people: Sequence[Someone], first_day: date, project: str = "MGB-0") -> MadeClass:
    """A draft with everybody on its roster, ready to be submitted."""
    made = draft(school, project, first_day, len(people))
    staged, job = upload(school, made, roster_file(people))
    assert (job["state"], job["result"]["bad"]) == ("done", 0), job
    assert good(school.post(f"uploads/{staged}/take/"))["taken"] == len(people)
    assert good(school.get(f"{made.path}missing/"))["missing"] == []
    return made


def verdicts(program: Program, made: MadeClass) -> dict[str, str]:
    """The verdict on each living trainee by name and place in the roster."""
    rows = good(program.get(f"{made.path}roster/"))
    return {f"{row['sequence']} {row['name']}": row["verdict"] for row in rows if not row["struck_out_at"]}


def checking_job(program: Program, made: MadeClass) -> dict[str, Any]:
    """The newest check of the class's opening."""
    jobs = good(program.get("jobs/"))["results"]
    return next(job for job in jobs if (job["kind"], job["object_id"]) == ("opening", made.opening))


def sheet_rows(content: bytes, first_head: str) -> list[dict[str, Any]]:
    """The table of a workbook whose head row begins with `first_head`."""
    rows = [list(row) for row in load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True)]
    top = next(place for place, row in enumerate(rows) if row[0] == first_head)
    heads = [str(cell) for cell in rows[top] if cell is not None]
    return [dict(zip(heads, row, strict=False)) for row in rows[top + 1 :] if row[0] is not None]


def bank_answer(bank_file: bytes, day: date) -> bytes:
    """The bank's result file made from the bank file: every payment arrived."""
    book = Workbook()
    book.active.append(["业务编号", "金额（元）", "结果", "到账日期", "银行流水号", "失败原因"])
    for row in sheet_rows(bank_file, "序号"):
        book.active.append(
            [row["业务编号"], row["金额（元）"], "成功", day.isoformat(), f"B{day:%Y%m%d}{int(row['序号']):05d}", None]
        )
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def days_between(start: date, end: date) -> int:
    return max((end - start) // timedelta(days=1), 0)
