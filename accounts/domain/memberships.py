"""Opening organisations, accounts and memberships, and closing them again (R-REG-1, R-AUT-5)."""

from __future__ import annotations

import secrets
from datetime import date

from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, Model, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.domain.audit import record
from accounts.domain.authority import goes_back_to
from accounts.domain.labels import act_label
from accounts.domain.refusals import note
from accounts.enums import HANDS_ON, SECOND_PERSON_ROLES, OrganisationKind, Role
from accounts.models import Division, Event, Membership, Organisation, RemitUserGrant, User
from kit.errors import IdError
from kit.fast.prepared import prepared
from kit.ids import parse_uscc
from kit.moments import minute
from kit.refusals import NotAllowed, NotNow, NotValid, Overtaken
from kit.text import written

# Who may sit where: keeping the books and approving are different houses (R-AUT-5).
ROLES_OF_KIND: dict[str, tuple[Role, ...]] = {
    OrganisationKind.HR_OFFICE: (Role.OFFICER, Role.ADMINISTRATOR, Role.INSPECTOR, Role.AUDITOR),
    OrganisationKind.INDUSTRY: (Role.OFFICER, Role.INSPECTOR),
    OrganisationKind.FINANCE: (Role.FINANCE, Role.INSPECTOR, Role.AUDITOR),
    OrganisationKind.INSTITUTION: (Role.OPERATOR,),
    OrganisationKind.ENTERPRISE: (Role.OPERATOR,),
    OrganisationKind.ASSESSMENT: (Role.OPERATOR,),
}
# What is never one person's: to decide, and to pay or to audit what was decided (R-AUT-5).
INCOMPATIBLE = [(deciding, other) for deciding in HANDS_ON for other in (Role.FINANCE, Role.AUDITOR)]
# Letters and digits that cannot be mixed up when a first password is read out on the telephone.
SPOKEN = "abcdefghjkmnpqrstuvwxyz23456789"


def users_in(membership: Membership | None) -> QuerySet[User]:
    """People with a membership, now or once, inside a membership's scope (R-LVL-2)."""
    return User.objects.filter(Exists(Membership.objects.visible_to(membership).filter(user=OuterRef("pk"))))


def why_not_manage(by: Membership | None, organisation: Organisation) -> str:
    """Why `by` may not open accounts and memberships in an organisation, or "" (R-REG-1). None is the system itself."""
    if by is None:
        return ""
    if not organisation.division.path.startswith(by.division.path):
        return _("只能管理本级管辖范围内的单位和人员。")
    if by.role == Role.ADMINISTRATOR:
        return ""
    if organisation.is_unit and by.role == Role.OFFICER and by.organisation.kind == OrganisationKind.HR_OFFICE:
        return ""
    return _("只有超级管理员可以开设账户和岗位。")


def refuse_if(why_not_allowed: str, why_not_valid: str = "", *, field: str = "") -> None:
    """403 for whom it is not to do, 400 for what is missing or wrong."""
    if why_not_allowed:
        raise NotAllowed(why_not_allowed)
    if why_not_valid:
        raise NotValid(why_not_valid, field=field)


def open_organisation(
    *, kind: str, name: str, division: Division, by: Membership | None, asked: str = "", **fields: object
) -> Organisation:
    """An organisation with the group that receives its grants; `asked` says who asked for it and how (R-REG-1)."""
    organisation = Organisation(
        kind=kind, name=name, division=division, **(fields | {"uscc": _uscc(fields.get("uscc"))})
    )
    refuse_if(why_not_manage(by, organisation), _already_there(organisation))
    if organisation.is_unit and not organisation.uscc:
        raise NotValid(_("单位须填写统一社会信用代码。"), field="uscc")
    with transaction.atomic():
        organisation.group = Group.objects.create(name=f"{division.pk} {name}"[:140] + f" {secrets.token_hex(3)}")
        organisation.save()
        record("organisation.opened", by=by, on=organisation, reason=asked)
    return organisation


def _uscc(text: object) -> str | None:
    try:
        return parse_uscc(str(text)) if text else None
    except IdError as error:
        raise NotValid(str(error), field="uscc") from error


def _already_there(organisation: Organisation) -> str:
    """A second account for one legal person, or a second office of one department in one place."""
    if organisation.uscc and (
        other := Organisation.objects.filter(uscc=organisation.uscc).exclude(pk=organisation.pk).first()
    ):
        return _("统一社会信用代码 %(code)s 已由“%(name)s”使用。") % {"code": organisation.uscc, "name": other.name}
    if organisation.is_unit:
        return ""
    twin = (
        Organisation.objects.filter(
            division=organisation.division, kind=organisation.kind, department=organisation.department, is_active=True
        )
        .exclude(pk=organisation.pk)
        .first()
    )
    return _("本地已有同类部门“%(name)s”，请在该部门下开设账户。") % {"name": twin.name} if twin else ""


def change_organisation(
    organisation: Organisation, *, by: Membership, name: str, short_name: str, uscc: str = "", reason: str = ""
) -> None:
    """Mend an organisation's name and code; the trail keeps what stood there before (R-SEC-2)."""
    before = {"name": organisation.name, "short_name": organisation.short_name, "uscc": organisation.uscc or ""}
    organisation.name, organisation.short_name, organisation.uscc = name, short_name, _uscc(uscc)
    refuse_if(why_not_administer(by, organisation), _already_there(organisation))
    after = {"name": name, "short_name": short_name, "uscc": organisation.uscc or ""}
    changed = {key: [before[key], after[key]] for key in before if before[key] != after[key]}
    if changed:
        with transaction.atomic():
            organisation.save()
            record("organisation.changed", by=by, on=organisation, reason=reason, changed=changed)


def set_organisation_active(organisation: Organisation, active: bool, *, by: Membership, reason: str) -> None:
    """Close an organisation (its people can no longer act in it) or open it again; nothing is deleted."""
    own = organisation.pk == by.organisation_id and not active
    why = why_not_administer(by, organisation) or (_("不能停用自己所在的单位。") if own else "")
    refuse_if(why, no_reason(reason), field="reason")
    with transaction.atomic():
        if Organisation.objects.select_for_update(of=("self",)).get(pk=organisation.pk).is_active == active:
            raise Overtaken(already_done(organisation, "organisation.reopened" if active else "organisation.closed"))
        organisation.is_active = active
        organisation.save(update_fields=["is_active"])
        record("organisation.reopened" if active else "organisation.closed", by=by, on=organisation, reason=reason)


def already_done(thing: Model, act: str) -> str:
    """The sentence for who comes second with an act that is done: by whom and when it was."""
    last = (
        Event.objects.filter(subject_kind=thing._meta.model_name, subject_id=thing.pk, act=act).order_by("-id").first()
    )
    if last is None:
        return _("没有重复办理：现在已经是这样，请刷新后查看。")
    return _("没有重复办理：%(who)s已于%(when)s办理（%(what)s），请刷新后查看。") % {
        "who": last.actor,
        "when": minute(last.at),
        "what": act_label(act),
    }


def why_not_administer(by: Membership, organisation: Organisation) -> str:
    """Why `by` may not change what is there, or "": an officer who opens unit accounts cannot take
    them over (R-AUT-5).
    """
    if by.role != Role.ADMINISTRATOR:
        return _("只有超级管理员可以办理。")
    return why_not_manage(by, organisation)


def no_reason(reason: str) -> str:
    return "" if written(reason) else _("请说明理由。")


def first_password() -> str:
    """Twelve characters in three groups, about 59 bits."""
    return "-".join("".join(secrets.choice(SPOKEN) for _place in range(4)) for _group in range(3))


def open_account(
    username: str,
    full_name: str,
    *,
    organisation: Organisation,
    role: str,
    by: Membership | None,
    phone: str | None = None,
    title: str = "",
    asked: str = "",
) -> tuple[User, str]:
    """A login with a first password that must be changed; the password is shown once to the opener
    and stored nowhere.
    """
    _refuse_membership(why_not_manage(by, organisation), _username_problem(username), username, organisation, role, by)
    password = first_password()
    with transaction.atomic():
        user = User.objects.create_user(
            username,
            password,
            full_name=full_name,
            phone=phone,
            must_change_password=True,
            opened_by=by.organisation if by else None,
        )
        open_membership(user, organisation=organisation, role=role, by=by, title=title)
        record(
            "account.opened",
            by=by,
            on=user,
            division=organisation.division_id,
            reason=asked,
            organisation=organisation.name,
        )
    return user, password


def _username_problem(username: str) -> str:
    try:
        User._meta.get_field("username").run_validators(username)
    except ValidationError as error:
        return " ".join(error.messages)
    return (
        _("用户名“%(name)s”已有人使用，请换一个。") % {"name": username}
        if User.objects.filter(username__iexact=username).exists()
        else ""
    )


def open_membership(
    user: User,
    *,
    organisation: Organisation,
    role: str,
    by: Membership | None,
    title: str = "",
    since: date | None = None,
) -> Membership:
    """A membership for a user. Nobody sits both in an office that decides and in a unit that applies (R-AUT-5).

    To pay needs a second administrator's confirmation before it is held (`second_person`). Nobody gives himself a
    membership, nor has one given back by somebody whose membership he gave.
    """
    why = why_not_manage(by, organisation) or _why_not_by(by, user)
    _refuse_membership(why, _why_not_here(user, organisation, role), user, organisation, role, by)
    dates = {"since": since} if since else {}
    with transaction.atomic():
        membership = Membership.objects.create(
            user=user,
            organisation=organisation,
            role=role,
            title=title,
            given_by=by,
            awaits_second=by is not None and role in SECOND_PERSON_ROLES,
            **dates,
        )
        user.groups.add(organisation.group)
        record("membership.opened", by=by, on=membership, division=organisation.division_id, role=role)
    return membership


def _refuse_membership(
    why_not_allowed: str,
    why_not_valid: str,
    whom: User | str,
    organisation: Organisation,
    role: str,
    by: Membership | None,
) -> None:
    """A refused membership is on record as a refused grant is (R-AUT-4)."""
    if why := why_not_allowed or why_not_valid:
        note(
            "membership.refused",
            by=by,
            division=organisation.division_id,
            reason=why,
            to=str(whom),
            organisation=organisation.name,
            role=role,
        )
        refuse_if(why_not_allowed, why_not_valid)


def _why_not_by(by: Membership | None, user: User) -> str:
    if by is not None and by.user_id == user.pk:
        return _("不能给自己设立岗位，请由其他管理员办理。")
    return _("您的岗位是由此人设立的，不能反过来给此人设立岗位，请由上级管理员办理。") if goes_back_to(by, user) else ""


def _why_not_here(user: User, organisation: Organisation, role: str) -> str:
    if organisation.is_unit != (role == Role.OPERATOR):
        return _("单位人员只能是经办人，经办人只能在单位任职。")
    if role not in ROLES_OF_KIND[organisation.kind]:
        return _("%(kind)s不设“%(role)s”岗位（不相容岗位分离）。") % {
            "kind": organisation.get_kind_display(),
            "role": Role(role).label,
        }
    if not organisation.is_active:
        return _("该单位已停用。")
    others = list(user.memberships.current(awaiting=True).select_related("organisation"))
    if any(membership.organisation.is_unit != organisation.is_unit for membership in others):
        return _("同一人不能既在审批部门任职，又在申请单位任职。")
    for membership in others:
        if (membership.role, role) in INCOMPATIBLE or (role, membership.role) in INCOMPATIBLE:
            return _("此人现任%(membership)s，审批与财务、审批与审计不能由同一人担任（不相容岗位分离）。") % {
                "membership": f"{membership.organisation.name}{membership.get_role_display()}"
            }
    if any(membership.organisation_id == organisation.pk and membership.role == role for membership in others):
        return _("此人已在该单位担任这一岗位。")
    if organisation.is_unit and RemitUserGrant.objects.filter(user=user).exists():
        return _("此人持有审批权限，不能担任单位经办人；请先收回权限。")
    return ""


def end_membership(held: Membership, *, by: Membership, reason: str) -> None:
    """A membership ends today; personal grants that none of the user's other memberships carries are taken back with it
    (R-AUT-1).

    One given today may end today: it then was never held, and row and trail keep that it was given.
    """
    own = held.user_id == by.user_id
    why = why_not_administer(by, held.organisation) or (_("不能终止自己的岗位，请由其他管理员办理。") if own else "")
    refuse_if(why, no_reason(reason), field="reason")
    with transaction.atomic():
        Organisation.objects.select_for_update(of=("self",)).get(pk=held.organisation_id)
        until = Membership.objects.select_for_update(of=("self",)).get(pk=held.pk).until
        if until and until <= timezone.localdate():
            raise Overtaken(already_done(held, "membership.ended"))
        if last := why_not_without(held):
            raise NotNow([last])
        held.until = max(timezone.localdate(), held.since)
        held.save(update_fields=["until"])
        record(
            "membership.ended",
            by=by,
            on=held,
            division=held.organisation.division_id,
            reason=reason,
            until=str(held.until),
        )
        left = held.user.memberships.current().exclude(pk=held.pk).select_related("organisation__division")
        if not any(membership.organisation_id == held.organisation_id for membership in left):
            held.user.groups.remove(held.organisation.group)
        _take_back_grants(held, [membership.division.path for membership in left], by, reason)


def why_not_without(held: Membership) -> str:
    """Why an open office or unit cannot lose this membership, or "": its administrator or operator would be gone
    (R-REG-1).
    """
    if held.role not in (Role.ADMINISTRATOR, Role.OPERATOR) or not held.organisation.is_active:
        return ""
    others = Membership.objects.current().filter(organisation=held.organisation, role=held.role)
    if others.exclude(user=held.user_id).exists():
        return ""
    return _("%(office)s只有这一名%(role)s，请先设立接任的人。") % {
        "office": held.organisation.name,
        "role": held.get_role_display(),
    }


def _take_back_grants(membership: Membership, other_places: list[str], by: Membership, reason: str) -> None:
    grants = RemitUserGrant.objects.filter(
        user=membership.user, content_object__division__path__startswith=membership.division.path
    ).select_related("content_object__division", "permission")
    for given in grants:
        remit = given.content_object
        if not any(remit.division.path.startswith(path) for path in other_places):
            record(
                "grant.revoked",
                by=by,
                division=remit.division_id,
                reason=reason,
                category=remit.category,
                training_type=remit.training_type,
                act=given.permission.codename,
                to=str(membership.user),
            )
            given.delete()


def memberships_of(user_id: int) -> list[Membership]:
    """The memberships a user may act in today, the oldest first: the one to act in until another is chosen."""
    return _memberships(user_id, timezone.localdate())


@prepared
def _memberships(user: int, today: date) -> QuerySet[Membership]:
    return (
        Membership.objects.current(today)
        .filter(user=user)
        .select_related("user", "organisation__division")
        .order_by("since", "id")
    )


def givers_of(membership: Membership) -> list[Membership]:
    """The memberships a membership goes back to, the first giver first."""
    line: list[Membership] = []
    giver = membership.given_by
    while giver is not None and giver not in line:
        line.insert(0, giver)
        giver = giver.given_by
    return line
