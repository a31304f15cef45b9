"""The fixed words of HOW A CASE MOVES."""

from django.utils.translation import gettext_lazy as _

from kit.choices import TextChoices


class State(TextChoices):
    """The states of every application; a flow uses those it needs."""

    DRAFT = "draft", _("草稿")
    CHECKING = "checking", _("比对中")
    IN_REVIEW = "in_review", _("审核中")
    RETURNED = "returned", _("退回补正")
    PUBLICITY = "publicity", _("公示中")
    CONCLUDING = "concluding", _("公示期满待批准")
    CONFIRMING = "confirming", _("待财务确认")
    APPROVED = "approved", _("已同意")
    REFUSED = "refused", _("不同意")
    WITHDRAWN = "withdrawn", _("已撤回")
    FROZEN = "frozen", _("已送银行")
    SETTLED = "settled", _("已办结")


WITH_APPLICANT = (State.DRAFT, State.RETURNED)
ON_A_DESK = (State.IN_REVIEW, State.CONCLUDING, State.CONFIRMING)
DECIDED = (State.APPROVED, State.REFUSED, State.SETTLED)
ENDED = (*DECIDED, State.WITHDRAWN)
# What a case asks of finance officers, who hold no grants.
CONFIRM_ACCOUNT = "confirm_account"


class Standing(TextChoices):
    """Where a work item stands for the office in charge."""

    DRAFT = "draft", _("未提交")
    TODO = "todo", _("待办")
    WAITING = "waiting", _("在办")
    DONE = "done", _("已办")


class JobState(TextChoices):
    QUEUED = "queued", _("排队中")
    RUNNING = "running", _("进行中")
    DONE = "done", _("已完成")
    FAILED = "failed", _("未完成")
    STUCK = "stuck", _("已停滞")


UNFINISHED = (JobState.QUEUED, JobState.RUNNING, JobState.STUCK)
# What the page of a case shows: a job that failed, too.
SHOWN = (*UNFINISHED, JobState.FAILED)
# What people may have done again.
TO_TAKE_UP = (JobState.STUCK, JobState.FAILED)


class PolicyAction(TextChoices):
    """What a proposal does to the dated rows of a policy kind."""

    ADD = "add", _("新增")
    FOLLOW = "follow", _("接续")
    CLOSE = "close", _("终止")
    CANCEL = "cancel", _("取消")


class ProposalState(TextChoices):
    DRAFTED = "drafted", _("待复核")
    IN_FORCE = "in_force", _("已生效")
    WITHDRAWN = "withdrawn", _("已撤回")
    SENT_BACK = "sent_back", _("退回")


class Topic(TextChoices):
    """What a notice is about; each user chooses how fast it reaches him."""

    CASE = "case", _("办理进展")
    WORK = "work", _("新到待办")
    DEADLINE = "deadline", _("期限提醒")
    ANNOUNCEMENT = "announcement", _("通知公告")


class Pace(TextChoices):
    """How fast a notice leaves the portal."""

    NOW = "now", _("立即发送")
    DIGEST = "digest", _("并入每日摘要")
    PORTAL = "portal", _("只在门户内显示")


class Channel(TextChoices):
    MAIL = "mail", _("邮件")
    SMS = "sms", _("短信")


class DeliveryState(TextChoices):
    """`dropped`: whoever should have got it has left, or has no address any more."""

    QUEUED = "queued", _("待发送")
    SENDING = "sending", _("发送中")
    SENT = "sent", _("已发送")
    FAILED = "failed", _("未送达")
    DROPPED = "dropped", _("不再发送")
