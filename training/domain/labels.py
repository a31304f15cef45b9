"""The words of this room's acts and of what its events tell, for the audit page (R-SEC-2)."""

from __future__ import annotations

from django.utils.functional import lazy
from django.utils.translation import gettext as said
from django.utils.translation import gettext_lazy as _

from accounts.domain.labels import register_act_labels, register_codes, register_data_labels
from accounts.models import Division
from casework.domain.act_labels import register_slots
from eligibility.rules.common import DOCUMENTS
from training.domain.decision.conditions import OWN_PAPERS, paper_name
from training.domain.units.profiles import LABELS
from training.enums import CertificateKind, EntityType, FundSource, Mark, OccupationStatus, Result

ACTS = {
    "attendance.recorded": _("登记考勤"),
    "attendance.corrected": _("更正考勤"),
    "catalogue.added": _("目录新增"),
    "catalogue.changed": _("目录修改"),
    "catalogue.imported": _("导入目录"),
    "catalogue.exported": _("导出目录"),
    "class.created": _("新建班次"),
    "class.edited": _("修改班次"),
    "class.begun": _("班次开课"),
    "completion.drafted": _("建立结业申请"),
    "registration.drafted": _("建立注册申请"),
    "results.saved": _("录入成绩和证书"),
    "enrolment.struck_out": _("剔除学员"),
    "person.renamed": _("更正姓名"),
    "lesson.saved": _("修改课程"),
    "lesson.removed": _("删除课程"),
    "timetable.generated": _("生成课程表"),
    "roster.added": _("添加学员"),
    "roster.edited": _("修改学员"),
    "roster.removed": _("移出学员"),
    "roster.uploaded": _("上传花名册"),
    "roster.mended": _("修正花名册"),
    "roster.numbers_ended": _("录入号码超过每日上限"),
    "roster.taken": _("收取花名册"),
    "roster.bad_rows_downloaded": _("下载花名册错误行"),
    "teacher.added": _("登记教师"),
    "teacher.changed": _("修改教师"),
    "venue.added": _("登记场地"),
    "venue.changed": _("修改场地"),
    "accountchange.drafted": _("建立账户变更"),
    "accountchange.edited": _("修改账户变更"),
    "certificatechange.drafted": _("建立证书更正"),
    "certificatechange.edited": _("修改证书更正"),
    "certificate.corrected": _("更正证书"),
    "unit.opened": _("开通单位"),
    "unit.edited": _("修改单位信息"),
    "unit.imported": _("导入单位资料"),
    "unit.bad_rows_taken": _("下载不能导入的行"),
    "unit.reminded": _("提醒单位补充信息"),
    "unit.amending": _("申请变更单位信息"),
    "watch.dealt_with": _("处理情况变化"),
    "verdicts.judged_anew": _("按班期重新判定以前的结论"),
    "certificatechange.answered": _("证书核验有了答复"),
    "verdicts.changed": _("人员审核结论有变化"),
}
# Fields whose old and new values an edit keeps.
OTHER_FIELDS = {
    "holder": _("账户名称"),
    "is_exception": _("户名例外"),
    "exception_reason": _("例外理由"),
    "number": _("编号"),
    "institution": _("培训机构"),
    "employer": _("用工企业"),
    "project": _("培训项目"),
    "fund_source": _("资金来源"),
    "venue": _("培训场地"),
    "planned_people": _("计划人数"),
    "fee": _("收费标准（元）"),
    "teachers": _("授课教师"),
    "teacher": _("教师"),
    "hours": _("课时"),
    "content": _("内容"),
    "mark": _("考勤"),
    "ethnicity": _("民族"),
    "household": _("户口性质"),
    "marks": _("人员标记"),
    "theory_score": _("理论成绩"),
    "practice_score": _("实操成绩"),
    "result": _("结果"),
    "certificate_kind": _("证书类型"),
    "certificate_number": _("证书编号"),
    "certificate_on": _("发证日期"),
    "new_kind": _("证书类型"),
    "new_number": _("证书编号"),
    "new_on": _("发证日期"),
    "qualification": _("职业资格或职称"),
    "qualification_valid_to": _("资格有效期至"),
    "is_active": _("在用"),
    "capacity": _("容纳人数"),
}
DATA = {
    "day": _("日期"),
    "starts": _("开始时间"),
    "first_day": _("开始日期"),
    "last_day": _("结束日期"),
    "lessons": _("课数"),
    "requested": _("申请方式"),
    "active": _("在用"),
    "passed": _("合格人数"),
    "upload": _("花名册编号"),
    "enrolment": _("学员记录编号"),
    "what": _("目录"),
    "catalogue": _("目录"),
    "entry": _("目录条目"),
    "code": _("编码"),
    "status": _("评价方式"),
    "edition": _("大典版本"),
    "training_type": _("培训类别"),
    "occupation": _("职业（工种）"),
    "level": _("等级"),
    "hours": _("课时"),
    "certificate_kind": _("证书类别"),
    "certificate_required": _("须取得证书方可申请补贴"),
    "categories": _("面向人员类别"),
    "occupations": _("核定职业（工种）"),
    "owner": _("维护地区"),
    "since": _("生效日期"),
    "is_example": _("示例值（不是正式政策）"),
    "sign": _("情况变化"),
    "numbers": _("录入号码数"),
    "verdict": _("结论"),
    "judged": _("重新判定人数"),
    "certificates": _("发放证书数"),
}


SLOTS = {
    "licence": _("营业执照或法人登记证书"),
    "school_licence": _("办学许可证"),
    "score_sheet": _("考核成绩单"),
    "certificate_list": _("证书发放名册"),
    "certificate": _("证书或发证机构的证明"),
    "account_paper": _("开户许可证或基本存款账户信息"),
    "holder_paper": _("其他户名的证明"),
    "roster_upload": _("花名册"),
}


def register_labels() -> None:
    register_act_labels(ACTS)
    register_data_labels(
        LABELS | OTHER_FIELDS | DATA,
        dict.fromkeys(("is_exception", "is_active"), truth_label) | {"owner": division_label},
    )
    for kind in ("teacher", "roster"):
        register_data_labels({"number": _("公民身份号码")}, of=kind)
    register_data_labels({"people": _("序号")}, of="results.saved")
    register_data_labels({"wrong": _("有误的行")}, of="unit")
    register_data_labels({"sha256": _("文件摘要")}, of="roster")
    register_data_labels({"number": _("证号"), "issuer": _("发证机关"), "trade": _("行业")}, of="file")
    register_slots(SLOTS | {code: lazy(paper_name, str)(code) for code in (*OWN_PAPERS, *DOCUMENTS)})
    for words in (Mark, FundSource, Result, CertificateKind, EntityType, OccupationStatus):
        register_codes({code: label for code, label in words.choices if code})


def truth_label(value: str) -> str:
    """A truth as an edit keeps it."""
    return {"True": said("是"), "False": said("否")}.get(value, value)


def division_label(code: str) -> str:
    """A division by its name."""
    return str(Division.objects.filter(pk=code).values_list("name", flat=True).first() or code)
