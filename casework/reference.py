"""Routes, numbers of policy and ready reasons an installation starts with, loaded by a migration.

Everything marked 示例 is an example value: the region sets its own rows with its own source.
"""

from datetime import date
from typing import Any

SINCE = date(2020, 7, 1)
NOTICE = "内人社办发〔2020〕95号"

# kind, category, variant, position, need, level, working days
ROUTES = [
    ("registration", "", "", 1, "review_registration", "banner", 5),
    ("opening", "", "", 1, "first_review_opening", "banner", 5),
    ("opening", "emp_upskill", "filing", 1, "first_review_opening", "banner", 5),
    ("opening", "emp_upskill", "filing", 2, "file_opening", "league", 5),
    ("opening", "", "late", 1, "file_opening", "league", 5),  # after the ordinary steps, see `routing.steps_of`
    ("completion", "", "", 1, "first_review_completion", "banner", 5),
    ("subsidy", "", "", 1, "first_review_subsidy", "banner", 5),
    ("subsidy", "", "", 2, "second_review_subsidy", "banner", 5),
    ("correction", "", "", 1, "maintain_persons", "banner", 5),
    ("accountchange", "", "", 1, "review_registration", "banner", 5),
    ("accountchange", "", "exception", 1, "review_registration", "banner", 5),
    ("accountchange", "", "exception", 2, "review_registration", "banner", 5),
    ("certificatechange", "", "", 1, "first_review_completion", "banner", 5),
]

# code, value, source
PARAMETERS = [
    ("class_most_people", 60, "示例：班级人数上限"),
    ("class_least_people", 1, "示例：班级人数下限"),
    ("lesson_hours_a_day", 8, "示例：每日课时上限"),
    ("opening_lead_workdays", 0, "示例：开班申请提前的工作日"),
    ("attendance_percent", 80, "示例：出勤率下限（%）"),
    ("assistance_workdays", 10, "示例：部门协查答复工作日"),
    ("publicity_workdays", 5, "示例：公示工作日"),
    ("account_confirm_workdays", 3, "示例：财务确认账户的工作日"),
    ("chase_workdays", 2, "示例：到期前提醒审核人员的工作日"),
    ("returned_reminder_workdays", 5, "示例：退回后提醒申请单位的工作日"),
    ("numbers_a_day", 600, "示例：每单位每日录入的公民身份号码上限，合十个满员班"),
    ("trainings_a_year", 3, "国办发〔2019〕24号：每人每年享受补贴次数"),
]

# move, text
REASONS = [
    ("refuse", "人员类别与比对结果不符"),
    ("refuse", "培训机构或项目不在目录清单内"),
    ("refuse", "不具备培训条件（师资、场地、设施）"),
    ("return", "花名册信息不完整，请补正"),
    ("return", "课程安排与项目课时不符，请核对"),
    ("return", "附件不清晰或缺失，请重新上传"),
    ("strike", "比对结果不符合该人员类别条件"),
    ("strike", "本人未能提供证明材料"),
    ("strike", "已在其他班次参加培训"),
]


def _dated(reason_model: Any) -> dict[str, Any]:
    """Days and source, where the model has them (migrations before it had)."""
    names = {field.name for field in reason_model._meta.get_fields()}
    return {"since": SINCE, "source": "示例：常用理由", "is_example": True} if "since" in names else {}


def load_policy(route_model: Any, parameter_model: Any, reason_model: Any) -> None:
    """Insert the starting rows; rows that are there already stay."""
    route_model.objects.bulk_create(
        [
            route_model(
                kind=kind,
                category=category,
                variant=variant,
                position=position,
                need=need,
                level=level,
                working_days=days,
                since=SINCE,
                source="示例：办理时限",
                is_example=True,
            )
            for kind, category, variant, position, need, level, days in ROUTES
        ],
        ignore_conflicts=True,
    )
    parameter_model.objects.bulk_create(
        [
            parameter_model(code=code, value=value, since=SINCE, source=source, is_example=source.startswith("示例"))
            for code, value, source in PARAMETERS
        ],
        ignore_conflicts=True,
    )
    reason_model.objects.bulk_create(
        [reason_model(move=move, text=text, **_dated(reason_model)) for move, text in REASONS], ignore_conflicts=True
    )
