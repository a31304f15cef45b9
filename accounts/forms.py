"""Forms of the accounts room: well-formed input only; what may be done is decided in accounts.domain (R-REG-1,
R-AUT-1).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from axes.handlers.proxy import AxesProxyHandler
from django import forms
from django.contrib.auth.signals import user_login_failed
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.domain.categories import categories, training_types
from accounts.domain.logins import record_failure
from accounts.domain.memberships import ROLES_OF_KIND, users_in
from accounts.enums import Act, AskedBy, Department, OrganisationKind
from accounts.middleware import caller_address
from accounts.models import Division, Membership, Organisation, User
from kit.errors import IdError
from kit.ids import check_name, check_phone, parse_uscc
from kit.text import written
from kit.whole import whole

OFFICE_KINDS = (OrganisationKind.HR_OFFICE, OrganisationKind.INDUSTRY, OrganisationKind.FINANCE)
USERNAME = RegexValidator(
    r"^[a-z0-9][a-z0-9._@-]{2,59}$", _("用户名用小写字母、数字和 . _ - @，以字母或数字开头，至少 3 个字符。")
)


def divisions_of(membership: Membership) -> Any:
    return Division.objects.filter(path__startswith=membership.division.path).order_by("path")


def _checked(check: Any, text: str) -> str:
    try:
        return check(text)
    except IdError as error:
        raise ValidationError(str(error)) from error


class CountedCode:
    """Settings' MFA_FORMS: a wrong code counts as a wrong password, so six digits cannot be tried out (R-SEC-1)."""

    user: User

    def clean_code(self) -> str:
        request, credentials = context.request, {"username": self.user.username}
        if not AxesProxyHandler.is_allowed(request, credentials):
            request.axes_locked_out, request.axes_credentials = True, credentials
            raise ValidationError(gettext("错误次数过多，已暂停登录。"))
        try:
            return super().clean_code()  # type: ignore[misc]
        except ValidationError:
            record_failure(self.user.username, caller_address(request))
            user_login_failed.send(sender=__name__, credentials=credentials, request=request)
            raise


class OneTimeCodeForm(CountedCode, AuthenticateForm):
    """At the login."""


class OneTimeCodeAgainForm(CountedCode, ReauthenticateForm):
    """Before a change to the account's own safety."""


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("理由"), max_length=200)


class AskedForm(forms.Form):
    """Who asked for an account and how: the notice lets units ask by telephone or in person (R-REG-1, N二(二)3)."""

    asked_by = forms.ChoiceField(label=_("申请方式"), choices=AskedBy.choices)
    asked_who = forms.CharField(
        label=_("申请人"), max_length=60, help_text=_("打电话或到场提出申请的人，以及所在单位。")
    )

    def clean_asked_who(self) -> str:
        if who := written(self.cleaned_data["asked_who"]):
            return who
        raise ValidationError(self.fields["asked_who"].error_messages["required"], code="required")

    def asked(self) -> str:
        return f"{AskedBy(self.cleaned_data['asked_by']).label}：{self.cleaned_data['asked_who']}"


class AccountForm(AskedForm):
    """A login and its first membership."""

    username = forms.CharField(
        label=_("用户名"),
        max_length=60,
        validators=[USERNAME],
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "none"}),
    )
    full_name = forms.CharField(label=_("姓名"), max_length=60)
    phone = forms.CharField(label=_("手机号码"), max_length=20, required=False)
    role = forms.ChoiceField(label=_("岗位"))
    title = forms.CharField(label=_("职务"), max_length=60, required=False)
    field_order = ("username", "full_name", "phone", "role", "title", "asked_by", "asked_who")

    def __init__(self, *args: Any, kinds: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = dict.fromkeys(role for kind in kinds for role in ROLES_OF_KIND[kind])
        self.fields["role"].choices = [(role.value, role.label) for role in roles]

    def clean_username(self) -> str:
        username = self.cleaned_data["username"]
        if User.objects.filter(username__iexact=username).exists():
            raise ValidationError(gettext("用户名“%(name)s”已有人使用，请换一个。"), params={"name": username})
        return username

    def clean_full_name(self) -> str:
        return _checked(check_name, self.cleaned_data["full_name"])

    def clean_phone(self) -> str | None:
        phone = self.cleaned_data["phone"]
        return _checked(check_phone, phone) if phone else None

    def account(self) -> dict[str, Any]:
        """What open_account takes beside organisation and actor."""
        return {name: self.cleaned_data[name] for name in ("username", "full_name", "phone", "role", "title")} | {
            "asked": self.asked()
        }


class OrganisationForm(forms.Form):
    """Name and code of an organisation."""

    name = forms.CharField(label=_("名称"), max_length=120)
    short_name = forms.CharField(label=_("简称"), max_length=30, required=False)
    uscc = forms.CharField(
        label=_("统一社会信用代码"), max_length=30, required=False, help_text=_("18 位；部门没有时可不填。")
    )

    def __init__(self, *args: Any, needs_uscc: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["uscc"].required = needs_uscc

    def clean_uscc(self) -> str:
        code = self.cleaned_data["uscc"]
        return _checked(parse_uscc, code) if code else ""


class OfficeForm(OrganisationForm):
    """A new HR office, industry department or finance office; units are opened by the training room's own page."""

    division = forms.ModelChoiceField(label=_("所属地区"), queryset=Division.objects.none())
    kind = forms.ChoiceField(label=_("类别"), choices=[(kind.value, kind.label) for kind in OFFICE_KINDS])
    department = forms.ChoiceField(
        label=_("行业主管部门"), choices=Department.choices, required=False, help_text=_("类别为行业主管部门时选择。")
    )
    field_order = ("division", "kind", "department", "name", "short_name", "uscc")

    def __init__(self, *args: Any, by: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["division"].queryset = divisions_of(by)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        is_industry = data.get("kind") == OrganisationKind.INDUSTRY
        if is_industry and not data.get("department"):
            self.add_error("department", gettext("请选择是哪个行业主管部门。"))
        if not is_industry:
            data["department"] = Department.NONE
        return data


class ChangeForm(OrganisationForm):
    """An organisation's name and code, mended with a reason."""

    reason = forms.CharField(label=_("修改理由"), max_length=200)


class MembershipForm(forms.Form):
    """One more membership, in the organisation the form stands on, for somebody who has an account."""

    username = forms.CharField(label=_("用户名"), max_length=60)
    role = forms.ChoiceField(label=_("岗位"))
    title = forms.CharField(label=_("职务"), max_length=60, required=False)

    def __init__(self, *args: Any, by: Membership, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by
        self.fields["role"].choices = [(role.value, role.label) for role in ROLES_OF_KIND[kind]]

    def clean_username(self) -> User:
        user = users_in(self.by).filter(username=self.cleaned_data["username"]).first()
        if user is None:
            raise ValidationError(gettext("本级管辖范围内没有这个用户名；跨地区调动请由上级管理员办理。"))
        return user


class GrantForm(forms.Form):
    """Who × acts × categories × where × until when (R-AUT-1).

    The list offers offices and their people; a unit sent in by hand is resolved too, so that the domain refuses it and
    says so in the trail (R-AUT-4).
    """

    grantee = forms.CharField(label=_("授予"))
    acts = forms.MultipleChoiceField(
        label=_("权限"), choices=Act.choices, widget=forms.CheckboxSelectMultiple({"class": "form-check-input"})
    )
    division = forms.ModelChoiceField(
        label=_("地区"), queryset=Division.objects.none(), help_text=_("授予盟市的权限也及于所辖旗县区。")
    )
    categories = forms.MultipleChoiceField(
        label=_("人员类别"), widget=forms.CheckboxSelectMultiple({"class": "form-check-input"})
    )
    training_types = forms.MultipleChoiceField(
        label=_("培训类别"),
        required=False,
        widget=forms.CheckboxSelectMultiple({"class": "form-check-input"}),
        help_text=_("不选即为全部。创业实训、创业致富带头人培训等由主管部门单独审批的，在此选择。"),
    )
    begins_on = forms.DateField(
        label=_("生效日期"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text=_("自当日零时起生效；不填则立即生效。"),
    )
    expires_on = forms.DateField(
        label=_("失效日期"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text=_("自当日零时起失效；不填则长期有效。"),
    )

    def __init__(self, *args: Any, by: Membership, place: Division, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by
        self.fields["division"].queryset = divisions_of(by)
        self.fields["division"].initial = place.pk
        self.fields["categories"].choices = [("*", gettext("全部人员类别")), *categories()]
        self.fields["training_types"].choices = training_types()
        self.fields["grantee"].widget = forms.Select(choices=[("", "---------"), *self._offered(place)])

    def _offered(self, place: Division) -> list[tuple[str, list[tuple[str, str]]]]:
        """The offices of one place, each with the people who sit there."""
        offices = (
            Organisation.objects.visible_to(self.by)
            .filter(division=place, kind__in=OFFICE_KINDS, is_active=True)
            .order_by("kind", "name")
        )
        people: dict[int, list[tuple[str, str]]] = {}
        memberships = Membership.objects.current().filter(organisation__in=offices)
        for membership in memberships.select_related("user").order_by("user__full_name", "id"):
            line = (f"u{membership.user_id}", f"{membership.user.full_name}（{membership.get_role_display()}）")
            people.setdefault(membership.organisation_id, []).append(line)
        return [
            (
                office.name,
                [(f"o{office.pk}", gettext("%(name)s（全部门）") % {"name": office.name}), *people.get(office.pk, [])],
            )
            for office in offices
        ]

    def clean_grantee(self) -> Organisation | User:
        text = self.cleaned_data["grantee"]
        kind, number = text[:1], whole(text[1:])
        found: Any = None
        if number is not None and kind == "o":
            found = Organisation.objects.visible_to(self.by).filter(pk=number).first()
        elif number is not None and kind == "u":
            found = users_in(self.by).filter(pk=number).first()
        if found is None:
            raise ValidationError(gettext("请从本级管辖范围内选择部门或人员。"))
        return found

    def clean_categories(self) -> list[str]:
        """«All categories» says everything: single ones beside it would be the same right twice."""
        chosen = self.cleaned_data["categories"]
        return [""] if "*" in chosen else chosen

    def clean_training_types(self) -> list[str]:
        return self.cleaned_data["training_types"] or [""]

    def clean_begins_on(self) -> Any:
        """A day that is over would say that somebody held it before it was given; today is at once."""
        day = self.cleaned_data["begins_on"]
        if day and day < timezone.localdate():
            raise ValidationError(
                gettext("生效日期不能早于今天（%(day)s）。"), params={"day": timezone.localdate().isoformat()}
            )
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        begins, ends = data.get("begins_on"), data.get("expires_on")
        if begins and ends and ends <= begins:
            self.add_error("expires_on", gettext("失效日期须晚于生效日期。"))
        return data

    def clean_expires_on(self) -> Any:
        day = self.cleaned_data["expires_on"]
        if day and day <= timezone.localdate():
            tomorrow = timezone.localdate() + timedelta(days=1)
            raise ValidationError(gettext("失效日期最早为明天（%(day)s）。"), params={"day": tomorrow.isoformat()})
        return day


class AuditFilter(forms.Form):
    """What the audit page can be narrowed to; nonsense narrows nothing and is said."""

    person = forms.CharField(label=_("人员"), max_length=60, required=False)
    act = forms.CharField(label=_("行为"), max_length=60, required=False)
    kind = forms.CharField(label=_("对象类型"), max_length=30, required=False)
    subject = forms.IntegerField(label=_("对象编号"), min_value=1, max_value=2**62, required=False)
    since = forms.DateField(label=_("自"), required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    until = forms.DateField(label=_("至"), required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
