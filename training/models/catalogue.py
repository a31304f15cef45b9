"""The catalogues 目录清单: occupations, training projects, listed institutions and bodies (R-CAT-1, R-CAT-2)."""

from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.enums import REGION
from casework.models.policy import Dated
from kit.fields import CodeField
from training.enums import CertificateKind, OccupationStatus, SkillLevel, TrainingType

NOT_IN_CODES = r"#|(?![A-Z\u3400-\u9fff])[^\W\d_]"
# behind it the number of a row whose code looked like another row's of the same days, before codes were normalised
TWIN = "#"


def one_code(code: str) -> str:
    return code.partition(TWIN)[0]


class Occupation(models.Model):
    """An occupation of the 职业分类大典 by its eight-digit code; how it is assessed has rows with days, `Assessment`."""

    code = CodeField(primary_key=True, max_length=12)
    name = models.CharField(max_length=60)
    edition = models.CharField(max_length=10, default="2022")

    class Meta:
        default_permissions = ()
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Assessment(Dated):
    """How an occupation is assessed 评价方式, from one day to another: it decides whether 岗位技能提升 is open for it
    (N二(二)3(9)).
    """

    occupation = models.ForeignKey("training.Occupation", models.CASCADE, related_name="assessments")
    status = models.CharField(max_length=24, choices=OccupationStatus.choices)

    class Meta(Dated.Meta):
        default_permissions = ()
        ordering = ["occupation", "-since"]
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(
                "occupation",
                "since",
                name="assessment_once",
                violation_error_message=_("这个职业在这一生效日期已有一条。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.occupation} {self.get_status_display()}"


class Project(Dated):
    """A training project of the catalogue, dated; a class pins the row that was in force on its first day.

    `owner`, the region or a league, alone closes it and lets another row follow.
    """

    owner = models.ForeignKey("accounts.Division", models.PROTECT, default=REGION, related_name="+")
    code = CodeField(
        max_length=30,
        validators=[
            RegexValidator(
                NOT_IN_CODES,
                _("编码只用英文字母、数字、汉字和横线，不能有“#”和看起来相同的其他文字的字母。"),
                inverse_match=True,
            )
        ],
    )
    name = models.CharField(max_length=120)
    occupation = models.ForeignKey(
        "training.Occupation", models.PROTECT, null=True, blank=True, related_name="projects"
    )
    level = models.PositiveSmallIntegerField(choices=SkillLevel.choices, null=True, blank=True)
    training_type = models.CharField(max_length=20, choices=TrainingType.choices)
    hours = models.PositiveSmallIntegerField()
    certificate_kind = models.CharField(max_length=20, choices=CertificateKind.choices)
    certificate_required = models.BooleanField(default=True)
    categories = ArrayField(models.CharField(max_length=30), default=list)

    @property
    def one_code(self) -> str:
        """The code under which this is one training with its successors and with what was taken for another one by its
        look.
        """
        return one_code(self.code)

    class Meta(Dated.Meta):
        default_permissions = ()
        ordering = ["code", "-since"]
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(
                "code", "since", name="project_once", violation_error_message=_("这个编码在这一生效日期已有一条。")
            ),
            models.CheckConstraint(
                name="project_has_hours", condition=models.Q(hours__gte=1), violation_error_message=_("课时须大于零。")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Listing(Dated):
    """An institution or assessment body in the published catalogue from one day to another."""

    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="listings")
    occupations = models.ManyToManyField("training.Occupation", blank=True, related_name="+")

    class Meta(Dated.Meta):
        default_permissions = ()
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(
                "organisation",
                "since",
                name="listing_once",
                violation_error_message=_("这个单位在这一生效日期已有一条。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} {self.days}"
