"""Help where it is used: what a page is for, the clause it serves and the guide's section (R-AUT-6).

One line a page, by the name of its address. The frame shows it beside the title (`page_help`); a reader whose own
guide has the section is sent there, others to the guide named here.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from eligibility.clauses import Clause, clause
from eligibility.domain.guides import Guide, guide


@dataclass(frozen=True)
class Help:
    """`says` one or two sentences; `number` of a clause; `section`: a heading of `guide_name`."""

    says: str | Promise
    number: str
    guide_name: str
    section: str

    @property
    def clause(self) -> Clause:
        return clause(self.number)

    def guide_for(self, own: str) -> Guide:
        """The reader's own guide where it has the section."""
        return guide(own) if self.section in guide(own).sections else guide(self.guide_name)


# Sections told of more than one page.
DAY = ("officer", "每天怎么用")
DESK, DECISION, ASKING = ("officer", "待办"), ("officer", "审核页"), ("officer", "协查")
PEOPLE, UNITS, OTHERS = ("officer", "人员和更正"), ("officer", "单位"), ("officer", "外部系统")
RECORD, ROSTER = ("officer", "打印和办理经过"), ("applicant", "花名册")
UNIT, RESOURCES, OPENING = ("applicant", "单位信息和账户"), ("applicant", "师资场地"), ("applicant", "新开班")
COMPLETION, CLAIM = ("applicant", "结业"), ("applicant", "补贴")
MESSAGES, CHECKING = ("applicant", "消息和任务"), ("applicant", "提交和比对")
STAFF, RIGHTS, CATALOGUE = ("league", "用户和单位组织"), ("league", "权限"), ("league", "目录")
FIGURES, EXPORTS, POLICY = ("league", "月报"), ("league", "导出"), ("region", "政策")
BATCHES, TRAIL = ("finance", "批次和回执"), ("auditor", "审计日志")
CALENDAR = ("region", "工作日历")

HELP = {
    # EVERYBODY
    "home": Help(_("现在要您做什么、最迟哪天、为什么，都在这里；被退回和退票的排在最前。"), "N二(一)", *DAY),
    "jobs": Help(_("导入、比对、导出这些要等一会儿的事。离开页面不丢，停滞的可以再办。"), "N二(一)", *MESSAGES),
    "job": Help(_("这件事办到哪里、还要多久、有什么错误；有结果的在这里下载。"), "N二(一)", *MESSAGES),
    "notices": Help(_("与您有关的进展。打开一条就到那一件。"), "N二(一)", *MESSAGES),
    "guides": Help(_("每种岗位一份说明，您自己的排在最前。"), "N三(五)", *DAY),
    "guide": Help(_("这种岗位每天怎么办、一步一步怎么做。引号里的字与屏幕上的一样。"), "N三(五)", *DAY),
    "tokens": Help(_("给单位自己的程序调用接口用的令牌。权限不大于您本人，随时可以收回。"), "N三(四)", *STAFF),
    "rules": Help(_("每类人员审核什么、凭什么、依据哪一条；判定用的就是这张表。"), "N二(二)", *DECISION),
    "category_help": Help(_("选一类人员，看系统要比对什么、要准备哪些材料。"), "N二(二)", *OPENING),
    "workdays": Help(_("期限和公示期按工作日计算，这里是算的依据。"), "N二(一)", *CALENDAR),
    "workdays_of": Help(_("这一年的放假和调休。期限和公示期按工作日计算。"), "N二(一)", *CALENDAR),
    "workdays_enter": Help(_("录入下一年的放假调休；录入后各处期限和公示期自动重算。"), "N二(一)", *CALENDAR),
    # DECIDING
    "inbox": Help(_("要办的件，期限近的在前。没有例外的可以一起办，逐件留痕。"), "N二(一)", *DESK),
    "inbox_agree": Help(_("一起同意以前核对一遍；不能同意的写明原因，留在待办里。"), "N二(一)", *DESK),
    "case": Help(_("一件申请的全部：先看例外和条件，再决定；退回和不同意必须写理由。"), "N二(二)3开班申请", *DECISION),
    "overdue": Help(_("超过期限还没有办的件，在哪个部门、超了几天。"), "N二(一)", *DAY),
    "assistances": Help(
        _("系统比对不了的人员，由部门核实。答复要有文号或说明，答复后立即重新判断。"), "N二(二)", *ASKING
    ),
    "letter": Help(_("发给部门的协查函和要核实的人；表格可以下载交部门填写。"), "N二(二)", *ASKING),
    "asked": Help(
        _("人社部门请本部门核实的人员。选结果、写文号或情况，一次答复。"), "N三(三)", "department", "待本部门答复"
    ),
    "overrulings": Help(
        _("凭证据推翻比对结果要两个人：一人提出，另一人同意；永久保留。"), "N二(二)", "officer", "推翻比对结果"
    ),
    "overruling_new": Help(
        _("写明理由、附上依据，由另一人决定。同意以前结论不变。"), "N二(二)", "officer", "推翻比对结果"
    ),
    "people": Help(_("按姓名或号码查一个人的培训和补贴。查找和打开都留痕。"), "M一(二)2", *PEOPLE),
    "person": Help(_("一个人的全部培训、比对和补贴：各环节是什么结论、变了什么。"), "M一(二)2", *PEOPLE),
    "subject": Help(_("这一项的比对结果：每一条的结论、依据、日期和条款。"), "N二(二)", *PEOPLE),
    "correction_new": Help(_("姓名、号码填错的在这里申请更正，由另一人审核。"), "N三(四)", *PEOPLE),
    "correction_of_entry": Help(_("花名册里姓名、号码填错的在这里申请更正，由审核部门决定。"), "N三(四)", *PEOPLE),
    "recognition_new": Help(_("当地认定的困难企业登记一次，本企业各班一起重新判定。"), "N二(二)3(4)", *DECISION),
    "watch": Help(_("每晚复查发现的变化，由人核实后处理；标红的处理以前不能拨付。"), "N二(一)", "officer", "情况变化"),
    "registries": Help(_("哪个外部系统没有答复、多少人在等。没有答复的人员是待核，系统会再问。"), "N二(二)", *OTHERS),
    # UNITS
    "units": Help(_("本辖区的培训机构、企业和评价机构。单位来电来访的在这里开通账号。"), "N二(二)3实施程序", *UNITS),
    "unit": Help(_("一个单位的信息、师资、场地、账户和各班。"), "N二(二)3实施程序", *UNITS),
    "unit_open": Help(_("给来电来访的单位开通账号；首次密码只显示一次。"), "N二(二)3实施程序", *UNITS),
    "unit_import": Help(
        _("已注册登记的单位成批导入：先预览，逐格指出错误，确认后才导入。"), "N二(二)3实施程序", *UNITS
    ),
    "units_incomplete": Help(_("各单位还缺什么，可以逐个或一起提醒。"), "N二(二)3实施程序", *UNITS),
    "unit_profile": Help(_("填写单位基本信息，由人社部门审核；缺什么列在页面上。"), "N二(二)3实施程序", *UNIT),
    "account_edit": Help(_("收补贴的账户。审核人员同意、财务确认后才使用。"), "N二(二)3实施程序", *UNIT),
    "unit_resources": Help(_("开班要用的教师和场地，登记后才能排课。"), "N二(二)3实施程序", *RESOURCES),
    "teacher_new": Help(_("登记一名教师；同一时段只能排一节课。"), "N二(二)3实施程序", *RESOURCES),
    "teacher_edit": Help(_("修改教师信息；原来的值留在记录里。"), "N二(二)3实施程序", *RESOURCES),
    "venue_new": Help(_("登记一处场地和容纳人数；同一时段只能排一节课。"), "N二(二)3实施程序", *RESOURCES),
    "venue_edit": Help(_("修改场地信息；原来的值留在记录里。"), "N二(二)3实施程序", *RESOURCES),
    "catalogue": Help(_("能开班的职业、项目和机构。班次按开班当天的目录判定。"), "M一(二)3", *CATALOGUE),
    "catalogue_of": Help(_("这一种目录：现行的、将生效的和已失效的。"), "M一(二)3", *CATALOGUE),
    "catalogue_row": Help(_("目录里的一项，和它每次修改前后的值。"), "M一(二)3", *CATALOGUE),
    "catalogue_new": Help(_("新增一项，写明哪天起有效。"), "M一(二)3", *CATALOGUE),
    "catalogue_edit": Help(_("已生效或已使用的只能终止，再接续一条；没有使用的才能改。"), "M一(二)3", *CATALOGUE),
    "catalogue_upload": Help(_("成批导入目录：先预览，逐格指出错误，确认后才导入。"), "M一(二)3", *CATALOGUE),
    # CLASSES
    "classes": Help(_("班次按步骤、地区、类别查找。打开一个班，一班一档都在里面。"), "N二(一)", "officer", "班次"),
    "class_new": Help(_("选项目和人员类别，写明什么时候在哪里上课。可以先存草稿。"), "N二(二)3开班申请", *OPENING),
    "class_edit": Help(_("提交以前和退回以后可以修改；同事同时改的会并列给您看。"), "N二(二)3开班申请", *OPENING),
    "class": Help(_("这个班走到哪一步、下一步谁办、还缺什么。"), "N二(一)", "officer", "班次"),
    "class_roster": Help(_("参加培训的人，实名。每个人旁边是比对的结论。"), "N二(二)", *ROSTER),
    "trainee_new": Help(_("逐个添加学员。号码、姓名当场核对写法。"), "N二(二)", *ROSTER),
    "trainee_edit": Help(_("修改学员信息；原来的值留在记录里。"), "N二(二)", *ROSTER),
    "roster_preview": Help(_("上传的花名册逐格核对过了：好的行可以收下，有误的写明怎么改。"), "N二(二)", *ROSTER),
    "class_precheck": Help(_("提交以前先看谁会不符合或待核；不影响任何人。"), "N二(二)", *CHECKING),
    "class_timetable": Help(_("每节课的时间、地点和教师。督查按它到现场。"), "N二(一)", *OPENING),
    "lesson_new": Help(_("加一节课；教师和场地在那个时段须空着。"), "N二(一)", *OPENING),
    "lesson_edit": Help(_("修改一节课；教师和场地在那个时段须空着。"), "N二(一)", *OPENING),
    "class_attendance": Help(_("每节课谁到了。出勤不到规定比例的不能合格。"), "N二(一)", "applicant", "考勤"),
    "lesson_attendance": Help(_("登记这节课谁到了；登记之后再改要写理由。"), "N二(一)", "applicant", "考勤"),
    "class_completion": Help(_("最后一节课之后办理结业：成绩、证书、合格人数。"), "N二(三)", *COMPLETION),
    "completion_results": Help(_("录入每个人的成绩和证书编号，也可以用表格。"), "N二(三)", *COMPLETION),
    "certificate_edit": Help(_("证书编号录错的在这里更正；证书系统核验一致才能同意。"), "N二(三)", *COMPLETION),
    "class_files": Help(_("这个班的材料，谁什么时候上传的。"), "N二(二)3身份审核", *RECORD),
    "class_history": Help(_("这个班从头到尾办过的每一件事：谁、何时、为什么。"), "N二(一)", *RECORD),
    "what_if": Help(_("换一张规则表看多少人的结论会变；什么都不改动。"), "N二(二)", "region", "政策测算"),
    "what_if_result": Help(_("测算的结果：哪些班、多少人的结论会变。"), "N二(二)", "region", "政策测算"),
    # MONEY
    "class_subsidy": Help(_("每个人补多少、怎么算的、为什么不补；公示和拨付到哪一步。"), "M一(二)3", *CLAIM),
    "subsidy_line": Help(_("一个人这笔补贴的依据：各环节的结论、标准和算式。"), "M一(二)3", *CLAIM),
    "subsidy_approval": Help(_("可以打印的审批表，金额写成大写。"), "M一(二)3", *RECORD),
    "payables": Help(_("已批准、等拨付的补贴，按资金来源勾选生成批次。"), "N一", "finance", "待拨付"),
    "batches": Help(_("一批付款一份银行文件；锁定以后不能改，只能导入银行回执。"), "N一", *BATCHES),
    "bank_correction_new": Help(
        _("银行回执有误的在这里登记，由另一名财务人员复核入账。"), "N一", "finance", "退票和更正回执"
    ),
    "budgets": Help(_("每个年度、每种资金有多少、批准占用了多少。批准时就占用，不会超支。"), "N一", "finance", "预算"),
    "publicities": Help(_("补贴的公示名单，任何人都能看、能提异议。"), "M一(二)3", "officer", "公示和异议"),
    "publicity": Help(_("这份公示的名单和期限；异议答复完才能批准拨付。"), "M一(二)3", "officer", "公示和异议"),
    "standards": Help(_("每种补贴补多少、依据哪个文件、哪天起到哪天止。"), "M一(二)3", "region", "补贴标准"),
    # FIGURES
    "reports": Help(_("与纸质报表核对的各张表；数字都从系统里的班次来。"), "N三(三)", *FIGURES),
    "form": Help(_("按月、按地区的数字。点一个数，就是构成它的人。"), "N二(三)", *FIGURES),
    "cell": Help(_("构成这个数的人。导出名单须有授权，每次留痕。"), "N二(三)", *FIGURES),
    "exports": Help(_("导出过的文件。只有被授权的盟市人员能导出人员名单，文件带水印。"), "N三(四)", *EXPORTS),
    # ADMINISTRATION
    "readiness": Help(
        _("系统开通还缺什么、由谁办理、到哪里办理，按顺序列着。"), "N二(二)3实施程序", "region", "开通准备"
    ),
    "users": Help(_("本辖区的人员账户和岗位。"), "N三(一)", *STAFF),
    "user": Help(_("一个人的岗位、权限和记录；终止岗位、重置密码在这里。"), "N三(一)", *STAFF),
    "user_new": Help(_("给这个部门开设一个人员账户；首次密码只显示一次。"), "N三(一)", *STAFF),
    "organisations": Help(_("本辖区的部门和单位，以及各有几人在任。"), "N三(一)", *STAFF),
    "organisation": Help(_("一个部门或单位的人员与岗位；停用和恢复在这里。"), "N三(一)", *STAFF),
    "organisation_new": Help(_("开设一个部门和它的首个账户。"), "N三(一)", *STAFF),
    "grants": Help(_("谁能批哪类人员的哪个环节、在哪里、哪天起到哪天止。"), "N三(一)", *RIGHTS),
    "grant_new": Help(_("授予权限。导出只能给盟市的人；维护劳动者信息不能给机构。"), "N三(四)", *RIGHTS),
    "second_person": Help(_("导出权限和财务岗位须由另一名管理员确认后才生效。"), "N三(四)", *RIGHTS),
    "announcements": Help(_("发给辖区单位和人员的通知：先预览发给谁，确认后才发送。"), "N三(五)", "league", "通知公告"),
    "contact": Help(_("用什么方式、多快收到消息；邮箱要用验证码确认。"), "N二(一)", *MESSAGES),
    "grant_tree": Help(_("每项权限是谁授给谁的，一层一层看。"), "N三(一)", *RIGHTS),
    "coverage": Help(_("哪个地区、哪类人员、哪个环节没人能批，为什么，到哪里办理。"), "N三(一)", "league", "权限覆盖"),
    "audit": Help(_("谁在什么时候对什么做了什么、为什么；修改有前后的值。"), "N三(四)", *TRAIL),
    "audit_verify": Help(_("当场核对审计记录有没有被改动、删去。"), "N三(四)", *TRAIL),
    "digests": Help(_("每晚一份审计摘要；下载留存，以后对得上就没有动过。"), "N三(四)", *TRAIL),
    "digest": Help(_("这一天的审计摘要，可以打印、下载留存。"), "N三(四)", *TRAIL),
    "findings": Help(_("每夜核对发现的问题，处理好以前一直列着。"), "N三(四)", "auditor", "夜间核对"),
    "operations": Help(_("什么在等、等了多久、到哪里处理。"), "N二(一)", "region", "运行情况"),
    # POLICY
    "policy": Help(_("各种规定现在是什么、将来是什么。补贴标准一人起草，另一人复核才施行。"), "N三(一)", *POLICY),
    "policy_of": Help(_("这一种规定的各条：现行、将施行和已失效。施行的不改，只接续。"), "N三(一)", *POLICY),
    "policy_add": Help(_("起草一条规定：哪天起、依据什么；先看预览，再确认。"), "N三(一)", *POLICY),
    "policy_upload": Help(_("用表格起草多条：先预览，再确认。"), "N三(一)", *POLICY),
    "policy_act": Help(_("接续或终止一条规定；已经施行的那一条不会被改动。"), "N三(一)", *POLICY),
    "policy_line": Help(_("一条规定现在、将来和以前是什么，谁办的。"), "N三(一)", *POLICY),
    "policy_changes": Help(_("两个日期之间哪些规定变了。"), "N三(一)", *POLICY),
    "policy_history": Help(_("规定是谁起草、谁复核的，什么时候、为什么。"), "N三(一)", *POLICY),
    "policy_proposal": Help(_("等复核的草稿：施行后会有什么变化。起草的人不能自己复核。"), "N三(一)", *POLICY),
}
