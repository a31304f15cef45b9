"""The fixed words of eligibility; the 21 categories themselves live in the rule tables."""

from django.utils.translation import gettext_lazy as _

from kit.choices import TextChoices


class Verdict(TextChoices):
    """R-ELG-1; `none` until the first examination."""

    NONE = "none", _("未比对")
    ELIGIBLE = "eligible", _("符合")
    INELIGIBLE = "ineligible", _("不符合")
    NEEDS_VERIFICATION = "needs_verification", _("待核")


class Gate(TextChoices):
    """When a person is examined: each gate shows what changed since the last; a precheck is the applicant's own and
    counts nowhere.
    """

    PRECHECK = "precheck", _("预检")
    OPENING = "opening", _("开班")
    COMPLETION = "completion", _("结业")
    SUBSIDY = "subsidy", _("补贴")
    PAYMENT = "payment", _("拨付")


class Answer(TextChoices):
    """What people answer to an assisted check (R-ELG-5)."""

    OPEN = "open", _("待协查")
    CONFIRMED = "confirmed", _("属实")
    REFUTED = "refuted", _("不属实")
    CANNOT_SAY = "cannot_say", _("无法核实")


class Urgency(TextChoices):
    """How far the deadline of an assisted check is when people are reminded of it."""

    NEAR = "near", _("即将到期")
    LATE = "late", _("已超期")


class Agreement(TextChoices):
    """Where the overruling of a registry's fail stands: it counts only when a second officer has agreed (R-ELG-5)."""

    PROPOSED = "proposed", _("待另一人同意")
    AGREED = "agreed", _("已推翻")
    DECLINED = "declined", _("未同意")


class Mode(TextChoices):
    """How a registry is connected."""

    ONLINE = "online", _("联网")
    FILE = "file", _("文件交换")
    ASSISTED = "assisted", _("协查")
    NONE = "none", _("未联网")
