"""The fixed words of WHO, WHERE and MAY."""

from django.utils.translation import gettext_lazy as _

from kit.choices import TextChoices

REGION = "150000"  # the division everything lies in


class Level(TextChoices):
    """R-LVL-1."""

    REGION = "region", _("自治区")
    LEAGUE = "league", _("盟市")
    BANNER = "banner", _("旗县区")


class OrganisationKind(TextChoices):
    """R-AUT-2, R-REG-2 … R-REG-4."""

    HR_OFFICE = "hr_office", _("人社部门")
    INDUSTRY = "industry", _("行业主管部门")
    FINANCE = "finance", _("财政部门")
    INSTITUTION = "institution", _("培训机构")
    ENTERPRISE = "enterprise", _("企业")
    ASSESSMENT = "assessment", _("评价机构")


UNIT_KINDS = (OrganisationKind.INSTITUTION, OrganisationKind.ENTERPRISE, OrganisationKind.ASSESSMENT)


class Department(TextChoices):
    """The bodies the notice names beside the HR departments: those that approve (R-AUT-2, N二(二)3) and those asked in 协查
    (R-ELG-5).
    """

    NONE = "", _("—")
    EMERGENCY = "emergency", _("应急管理")
    ENERGY = "energy", _("能源")
    HOUSING = "housing", _("住建")
    TRANSPORT = "transport", _("交通")
    AGRICULTURE = "agriculture", _("农牧")
    POSTAL = "postal", _("邮政")
    STATE_ASSETS = "state_assets", _("国资委")
    INDUSTRY_IT = "industry_it", _("工信")
    VETERANS = "veterans", _("退役军人事务")
    DISABLED = "disabled", _("残联")
    CIVIL = "civil", _("民政")
    POVERTY = "poverty", _("扶贫")
    MARKET = "market", _("市场监督管理")
    SOCIAL = "social", _("社会保险经办")
    POLICE = "police", _("公安")
    JUSTICE = "justice", _("司法行政")
    EDUCATION = "education", _("教育")


class Role(TextChoices):
    OPERATOR = "operator", _("经办人")
    OFFICER = "officer", _("审核人员")
    ADMINISTRATOR = "administrator", _("超级管理员")
    FINANCE = "finance", _("财务人员")
    INSPECTOR = "inspector", _("督查人员")
    AUDITOR = "auditor", _("审计人员")


# Groups of roles: who may decide, who only looks on, both together; who works on cases; who sees the money; who sees
# the trail; everybody of an office.
HANDS_ON = (Role.OFFICER, Role.ADMINISTRATOR)
READ_ONLY = (Role.INSPECTOR, Role.AUDITOR)
WATCHERS = (*HANDS_ON, *READ_ONLY)
WORKERS = (Role.OPERATOR, *HANDS_ON, Role.FINANCE)
MONEY_ROLES = (Role.FINANCE, Role.ADMINISTRATOR, *READ_ONLY)
TRAIL_ROLES = (Role.ADMINISTRATOR, Role.AUDITOR)
OFFICE_ROLES = (*WATCHERS, Role.FINANCE)


class AskedBy(TextChoices):
    """How an account was asked for (R-REG-1)."""

    PHONE = "phone", _("电话申请")
    IN_PERSON = "in_person", _("当面申请")


class Act(TextChoices):
    """What a grant may allow: the permission's codename on a remit (R-AUT-1)."""

    REVIEW_REGISTRATION = "review_registration", _("单位注册审核")
    FIRST_REVIEW_OPENING = "first_review_opening", _("开班审批")
    FILE_OPENING = "file_opening", _("开班备案（盟市）")
    FIRST_REVIEW_COMPLETION = "first_review_completion", _("结业审批")
    FIRST_REVIEW_SUBSIDY = "first_review_subsidy", _("补贴初审")
    SECOND_REVIEW_SUBSIDY = "second_review_subsidy", _("补贴复审")
    EXPORT_PERSONS = "export_persons", _("人员数据导出")
    MAINTAIN_PERSONS = "maintain_persons", _("劳动者基础信息维护")
    UNMASK_PERSONS = "unmask_persons", _("查看完整个人信息")


CASE_ACTS = (
    Act.REVIEW_REGISTRATION,
    Act.FIRST_REVIEW_OPENING,
    Act.FILE_OPENING,
    Act.FIRST_REVIEW_COMPLETION,
    Act.FIRST_REVIEW_SUBSIDY,
    Act.SECOND_REVIEW_SUBSIDY,
)
# The rights that need a second administrator: to take people's data out (an act), to pay (a role) (R-AUT-3).
SECOND_PERSON_ACTS = (Act.EXPORT_PERSONS,)
SECOND_PERSON_ROLES = (Role.FINANCE,)
# Those about a class: the ones a grant may name a training type for (R-AUT-7).
CLASS_ACTS = tuple(act for act in CASE_ACTS if act != Act.REVIEW_REGISTRATION)
