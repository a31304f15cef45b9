"""Catalogues in and out as tables: columns as people call them, values as they read them (R-CAT-1, R-CAT-2)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext as _
from import_export import fields, resources, widgets

from accounts.models import Membership, Organisation
from casework.domain.categories import categories
from kit.dates import read_date
from kit.languages import by_label, in_every_language
from kit.refusals import Refused
from kit.text import cell_text, code_text, squeeze
from kit.whole import whole
from training.domain.classes.catalogue import Entry, keep, shortened
from training.enums import CertificateKind, OccupationStatus, SkillLevel, TrainingType
from training.models import Assessment, Listing, Occupation, Project
from training.validators import LISTED

YES, NO = "是", "否"


class TextWidget(widgets.CharWidget):
    """Text as a cell means it: a number typed as a number is its digits."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        return cell_text(value)


class CodeWidget(widgets.CharWidget):
    """A code as it is stored, however it is typed."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        return code_text(cell_text(value))


class LabelWidget(widgets.Widget):
    """A fixed word by its label; the code is understood too."""

    def __init__(self, choices: Iterable[tuple[Any, Any]], *, empty: Any = None) -> None:
        super().__init__()
        pairs = list(choices)
        self.labels = {code: str(label) for code, label in pairs}
        self.known = by_label(pairs) | {str(code): code for code, _label in pairs}
        self.empty = empty

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        text = squeeze(cell_text(value))
        if not text:
            return self.empty
        found = self.known.get(text)
        if found is None:
            raise ValueError(
                _("“%(text)s”不在可选值中，请选择：%(choices)s。")
                % {
                    "text": text,
                    "choices": LISTED.join(self.labels.values()),
                }
            )
        return found

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return self.labels.get(value, "")


class DayWidget(widgets.Widget):
    """A day as people write it, by the one reader of dates; what it names is an error of the cell."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        return read_date(value)

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return value.isoformat() if value else ""


class YesWidget(LabelWidget):
    def __init__(self) -> None:
        super().__init__([(True, YES), (False, NO)], empty=False)


class NumberWidget(widgets.Widget):
    """A whole number above nothing."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> int:
        text = squeeze(cell_text(value))
        number = whole(text)
        if not number:
            raise ValueError(_("“%(text)s”不是大于零的整数。") % {"text": text})
        return number

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return str(value)


class CategoriesWidget(widgets.Widget):
    """Trainee categories by name, divided by 、."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> list[str]:
        by_name = {squeeze(name): code for names in in_every_language(categories) for code, name in names.items()} | {
            code: code for code in categories()
        }
        parts = [part for part in squeeze(cell_text(value)).replace(",", LISTED).split(LISTED) if part]
        unknown = [part for part in parts if part not in by_name]
        if unknown or not parts:
            raise ValueError(
                _("没有“%(text)s”这一人员类别。") % {"text": LISTED.join(unknown)} if unknown else _("请填写人员类别。")
            )
        return [by_name[part] for part in parts]

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return LISTED.join(categories().get(code, code) for code in value or [])


class OccupationWidget(widgets.Widget):
    """One occupation by its code."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Occupation | None:
        code = code_text(cell_text(value))
        found = Occupation.objects.filter(pk=code).first() if code else None
        if code and found is None:
            raise ValueError(_("职业编码 %(code)s 不在职业目录中，请先导入职业。") % {"code": code})
        return found

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return value.pk if value else ""


class OccupationsWidget(widgets.ManyToManyWidget):
    """Occupations by code, divided by 、; an unknown code is an error, not silence."""

    def __init__(self) -> None:
        super().__init__(Occupation, separator=LISTED, field="code")

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        codes = [code_text(code) for code in squeeze(cell_text(value)).replace(",", LISTED).split(LISTED) if code]
        found = Occupation.objects.filter(pk__in=codes)
        unknown = sorted(set(codes) - {occupation.pk for occupation in found})
        if unknown:
            raise ValueError(_("职业编码 %(code)s 不在职业目录中，请先导入职业。") % {"code": LISTED.join(unknown)})
        return found


class UnitWidget(widgets.Widget):
    """An organisation by its credit code."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Organisation:
        code = squeeze(cell_text(value)).upper()
        found = Organisation.objects.select_related("division").filter(uscc=code).first() if code else None
        if found is None:
            raise ValueError(_("没有找到统一社会信用代码为“%(code)s”的单位，请先为它开通账号。") % {"code": code})
        return found

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return value.uscc if value else ""


class CatalogueResource(resources.ModelResource):
    """Rows are kept by the domain function, so that page, form and file follow the same rules and
    leave the same trail.
    """

    def __init__(self, by: Membership | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.by = by
        self.note = ""

    class Meta:
        clean_model_instances = True
        skip_unchanged = True
        use_transactions = True
        report_skipped = True

    def do_instance_save(self, instance: Entry, is_create: bool) -> None:
        self.kept(instance)

    def kept(self, instance: Entry, occupations: list[Occupation] | None = None) -> None:
        assert self.by is not None
        asked = getattr(instance, "until", None)
        try:
            self.note = shortened(asked, keep(instance, by=self.by, occupations=occupations))
        except Refused as refused:
            raise ValidationError({NON_FIELD_ERRORS: [str(refused)]}) from refused

    def before_import_row(self, row: Any, **kwargs: Any) -> None:
        self.note = ""

    def after_import_row(self, row: Any, row_result: Any, **kwargs: Any) -> None:
        row_result.note = self.note

    @property
    def columns(self) -> list[str]:
        return [field.column_name for field in self.get_import_fields()]


def column(attribute: str, header: str, widget: widgets.Widget | None = None) -> fields.Field:
    return fields.Field(attribute=attribute, column_name=header, widget=widget or TextWidget())


def dated_columns() -> dict[str, fields.Field]:
    return {
        "since": column("since", "生效日期", DayWidget()),
        "until": column("until", "失效日期", DayWidget()),
        "source": column("source", "依据文件"),
        "is_example": column("is_example", "示例", YesWidget()),
    }


class OccupationResource(CatalogueResource):
    code = column("code", "职业编码", CodeWidget())
    name = column("name", "职业（工种）")
    edition = column("edition", "大典版本")

    class Meta(CatalogueResource.Meta):
        model = Occupation
        fields = import_order = export_order = ("code", "name", "edition")
        import_id_fields = ("code",)


class AssessmentResource(CatalogueResource):
    occupation = column("occupation", "职业编码", OccupationWidget())
    name = fields.Field(attribute="occupation__name", column_name="职业（工种）", readonly=True)
    status = column("status", "评价方式", LabelWidget(OccupationStatus.choices))
    since, until, source, is_example = dated_columns().values()

    class Meta(CatalogueResource.Meta):
        model = Assessment
        fields = import_order = export_order = (
            "occupation",
            "name",
            "status",
            "since",
            "until",
            "source",
            "is_example",
        )
        import_id_fields = ("occupation", "since")


class ProjectResource(CatalogueResource):
    code = column("code", "项目编码", CodeWidget())
    name = column("name", "项目名称")
    training_type = column("training_type", "培训类别", LabelWidget(TrainingType.choices))
    occupation = column("occupation", "职业编码", OccupationWidget())
    level = column("level", "等级", LabelWidget(SkillLevel.choices))
    hours = column("hours", "课时", NumberWidget())
    certificate_kind = column("certificate_kind", "证书类别", LabelWidget(CertificateKind.choices))
    certificate_required = column("certificate_required", "须取证", YesWidget())
    categories = column("categories", "人员类别", CategoriesWidget())
    since, until, source, is_example = dated_columns().values()

    class Meta(CatalogueResource.Meta):
        model = Project
        fields = import_order = export_order = (
            "code",
            "name",
            "training_type",
            "occupation",
            "level",
            "hours",
            "certificate_kind",
            "certificate_required",
            "categories",
            "since",
            "until",
            "source",
            "is_example",
        )
        import_id_fields = ("code", "since")


class ListingResource(CatalogueResource):
    """The occupations of a row that is there already are kept like its other columns."""

    organisation = column("organisation", "统一社会信用代码", UnitWidget())
    name = fields.Field(attribute="organisation__name", column_name="单位名称", readonly=True)
    occupations = fields.Field(attribute="occupations", column_name="核定职业", widget=OccupationsWidget())
    since, until, source, is_example = dated_columns().values()

    class Meta(CatalogueResource.Meta):
        model = Listing
        fields = import_order = export_order = (
            "organisation",
            "name",
            "occupations",
            "since",
            "until",
            "source",
            "is_example",
        )
        import_id_fields = ("organisation", "since")

    def do_instance_save(self, instance: Listing, is_create: bool) -> None:
        """A new row now; one that is there with its occupations, below."""
        if is_create:
            super().do_instance_save(instance, is_create)
            self.fresh = instance

    def save_m2m(self, instance: Listing, row: Any, **kwargs: Any) -> None:
        field = self.fields["occupations"]
        chosen = list(field.clean(row)) if field.column_name in row else None
        if instance is getattr(self, "fresh", None):
            instance.occupations.set(chosen or [])
        else:
            self.kept(instance, chosen)


RESOURCES: dict[str, type[CatalogueResource]] = {
    "occupations": OccupationResource,
    "assessments": AssessmentResource,
    "projects": ProjectResource,
    "listings": ListingResource,
}
