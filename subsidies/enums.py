"""The fixed words of MONEY."""

from django.utils.translation import gettext_lazy as _

from kit.choices import TextChoices


class Item(TextChoices):
    """补贴项目 (N二(三))."""

    TRAINING = "training", _("职业培训补贴")
    LIVING = "living", _("生活费（含交通费）补贴")
    ASSESSMENT = "assessment", _("职业技能评价补贴")


class LineState(TextChoices):
    CLAIMED = "claimed", _("申请中")
    REFUSED = "refused", _("不予补贴")
    APPROVED = "approved", _("待拨付")
    PAYING = "paying", _("拨付中")
    PAID = "paid", _("已拨付")
    RETURNED = "returned", _("退票")
    RECOVERED = "recovered", _("已追回")


# Lines that are not in any payment, that wait for one, and that count in the sum of a claim.
WITHOUT_PAYMENT = (LineState.CLAIMED, LineState.REFUSED, LineState.APPROVED)
WAITING = (LineState.APPROVED, LineState.RETURNED)
LIVE = (LineState.CLAIMED, LineState.APPROVED, LineState.PAYING, LineState.PAID, LineState.RETURNED)
# A training that was subsidised, whatever the bank has said so far (R-SUB-3).
SUBSIDISED = (LineState.APPROVED, LineState.PAYING, LineState.PAID, LineState.RETURNED)


class PaymentState(TextChoices):
    PENDING = "pending", _("待银行回执")
    PAID = "paid", _("已到账")
    RETURNED = "returned", _("退票")
    SENT_BACK = "sent_back", _("到账后退回")
    CANCELLED = "cancelled", _("批次已撤销")


# Money that arrived, whatever became of it: gross, on its value date; and what came back before or after it arrived.
ARRIVED = (PaymentState.PAID, PaymentState.SENT_BACK)
CAME_BACK = (PaymentState.RETURNED, PaymentState.SENT_BACK)


class CorrectionKind(TextChoices):
    """How the bank's answer turned out to be another (R-SUB-7)."""

    SENT_BACK = "sent_back", _("到账后被银行退回")
    ARRIVED = "arrived", _("原回执“失败”有误，实际已到账")


class CorrectionState(TextChoices):
    PROPOSED = "proposed", _("待另一人复核")
    AGREED = "agreed", _("已入账")
    DECLINED = "declined", _("未同意")
    TAKEN_BACK = "taken_back", _("已撤回")


class ObjectionOutcome(TextChoices):
    OPEN = "", _("处理中")
    UPHELD = "upheld", _("异议成立")
    DISMISSED = "dismissed", _("异议不成立")
