"""The fixed words of CLASSES, as the notices use them."""

from django.utils.translation import gettext_lazy as _

from accounts.enums import Act
from kit.choices import IntegerChoices, TextChoices


class TrainingType(TextChoices):
    """培训类别 (R-OPN-1, R-RPT-2)."""

    EMPLOYMENT_SKILLS = "employment_skills", _("就业技能培训")
    ON_THE_JOB = "on_the_job", _("岗位技能提升培训")
    SIYB_GYB = "siyb_gyb", _("创业培训（GYB）")
    SIYB_SYB = "siyb_syb", _("创业培训（SYB）")
    SIYB_IYB = "siyb_iyb", _("创业培训（IYB）")
    SIYB_EYB = "siyb_eyb", _("创业培训（EYB）")
    ONLINE_STARTUP = "online_startup", _("网络创业培训")
    STARTUP_PRACTICE = "startup_practice", _("创业实训")
    STARTUP_LEADER = "startup_leader", _("创业致富带头人培训")


class FundSource(TextChoices):
    """R-OPN-2."""

    UPSKILLING = "upskilling", _("职业技能提升行动资金")
    EMPLOYMENT = "employment", _("就业补助资金")
    UNEMPLOYMENT_INSURANCE = "unemployment_insurance", _("失业保险基金")


class SkillLevel(IntegerChoices):
    """The five levels; 5 is the lowest."""

    BEGINNER = 5, _("初级")
    INTERMEDIATE = 4, _("中级")
    ADVANCED = 3, _("高级")
    TECHNICIAN = 2, _("技师")
    SENIOR_TECHNICIAN = 1, _("高级技师")


class OccupationStatus(TextChoices):
    """What decides whether 岗位技能提升 is open for an occupation (N二(二)3(9))."""

    QUALIFICATION_CATALOGUE = "qualification_catalogue", _("国家职业资格目录（技能类）")
    LEVEL_RECOGNITION = "level_recognition", _("可开展职业技能等级认定")
    NATIONAL_STANDARD = "national_standard", _("有国家职业标准")
    NONE = "none", _("无国家职业标准")


class CertificateKind(TextChoices):
    """The five kinds that count (N二(三))."""

    QUALIFICATION = "qualification", _("职业资格证书")
    SKILL_LEVEL = "skill_level", _("职业技能等级证书")
    SPECIAL_ABILITY = "special_ability", _("专项职业能力证书")
    SPECIAL_OPERATION = "special_operation", _("特种作业操作证")
    COMPLETION = "completion", _("培训合格证书")


class Stage(TextChoices):
    """Where a class stands on its way."""

    DRAFT = "draft", _("填报中")
    OPENING = "opening", _("开班审批中")
    REFUSED = "refused", _("不同意开班")
    APPROVED = "approved", _("已批准待开班")
    IN_TRAINING = "in_training", _("培训中")
    COMPLETION = "completion", _("结业审批中")
    COMPLETED = "completed", _("已结业")
    SUBSIDY = "subsidy", _("补贴审批中")
    PUBLICITY = "publicity", _("补贴公示中")
    PAYABLE = "payable", _("待拨付")
    PAID = "paid", _("已拨付")
    CLOSED = "closed", _("已归档")
    STOPPED = "stopped", _("已终止")
    DROPPED = "dropped", _("已放弃")


# What its applicant alone works on: a number and a complete form are not asked for yet.
NOT_SUBMITTED = (Stage.DRAFT, Stage.DROPPED)
# Stages in which a class holds nobody: a draft not yet, a refused, stopped or dropped class no longer. All others hold
# their teachers and rooms (the triggers of migrations `bookings` and `numbers` name the same four).
IDLE = (Stage.DRAFT, Stage.REFUSED, Stage.STOPPED, Stage.DROPPED)
# Whoever holds one of these decides about the people of a class.
REVIEWS = (Act.FIRST_REVIEW_OPENING, Act.FIRST_REVIEW_COMPLETION, Act.FIRST_REVIEW_SUBSIDY)
# Stages in which certificates are still to be compared with the class.
CERTIFYING = (Stage.OPENING, Stage.APPROVED, Stage.IN_TRAINING, Stage.COMPLETION)
PUBLIC_STAGES = (
    Stage.APPROVED,
    Stage.IN_TRAINING,
    Stage.COMPLETION,
    Stage.COMPLETED,
    Stage.SUBSIDY,
    Stage.PUBLICITY,
    Stage.PAYABLE,
    Stage.PAID,
    Stage.CLOSED,
)


class Result(TextChoices):
    NONE = "", _("未录入")
    PASS = "pass", _("合格")
    FAIL = "fail", _("不合格")


class ChangeKind(TextChoices):
    """What the nightly watch reports of a trainee (R-ELG-8)."""

    HIRED = "hired", _("已就业")
    INSURED = "insured", _("已以职工身份参保")
    BUSINESS = "business", _("已创办企业或个体经营")
    DIED = "died", _("已死亡")
    IMPRISONED = "imprisoned", _("服刑")
    PENSION = "pension", _("已领取职工养老金")


class Mark(TextChoices):
    """One trainee in one lesson (R-SUP-1)."""

    PRESENT = "present", _("出勤")
    LEAVE = "leave", _("请假")
    ABSENT = "absent", _("缺勤")


class EntityType(TextChoices):
    """What a unit says it is (R-REG-2, R-REG-3); the first four are institutions, the rest enterprises and what is
    none.
    """

    TECHNICAL_SCHOOL = "technical_school", _("技工院校")
    VOCATIONAL_COLLEGE = "vocational_college", _("职业院校")
    TRAINING_BODY = "training_body", _("职业培训机构")
    ENTERPRISE_CENTRE = "enterprise_centre", _("企业培训中心")
    ASSESSMENT_BODY = "assessment_body", _("评价机构")
    LEGAL_PERSON = "legal_person", _("独立法人企业")
    BRANCH = "branch", _("分公司")
    OFFICE = "office", _("办事处")
    SERVICE_POINT = "service_point", _("服务点")
    INDIVIDUAL = "individual", _("个体工商户")
