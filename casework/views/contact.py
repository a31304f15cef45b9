"""消息设置: by which ways and how fast the user is told, and his mail address."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.http import Request
from accounts.middleware import membership_required
from accounts.submissions import post_only
from casework.channels import open_channels
from casework.domain.contacts import ask_mail, choose, confirm_mail, forget_mail
from casework.domain.deliveries import contact_of
from casework.enums import Channel
from casework.forms import CodeForm, ContactForm, MailForm
from kit.inputs import cleaned
from kit.masking import mask_phone


@require_GET
@membership_required()
def contact(request: Request) -> HttpResponse:
    """What holds now, and which ways the portal has."""
    found, user = contact_of(request.user), request.user
    return render(
        request,
        "casework/notice/settings.html",
        {
            "contact": found,
            "phone": mask_phone(user.phone) if user.phone else "",
            "form": ContactForm(initial=ContactForm.values_of(found), is_unit=request.membership.is_unit),
            "mail": MailForm(),
            "code": CodeForm(),
            "has_mail": Channel.MAIL in open_channels(),
            "has_sms": Channel.SMS in open_channels(),
        },
    )


@post_only("contact")
@membership_required()
def contact_choose(request: Request) -> HttpResponse:
    form = ContactForm(request.POST, is_unit=request.membership.is_unit)
    choice = cleaned(form)
    choose(by=request.membership, by_mail=choice["by_mail"], by_sms=choice["by_sms"], paces=form.paces)
    messages.success(request, _("消息设置已保存。"))
    return redirect("contact")


@post_only("contact")
@membership_required()
def contact_mail(request: Request) -> HttpResponse:
    ask_mail(cleaned(MailForm(request.POST))["mail"], by=request.membership)
    messages.success(request, _("验证码已发到这个邮箱，请在15分钟内填写。"))
    return redirect("contact")


@post_only("contact")
@membership_required()
def contact_confirm(request: Request) -> HttpResponse:
    confirm_mail(cleaned(CodeForm(request.POST))["code"], by=request.membership)
    messages.success(request, _("邮箱已确认，以后的邮件发到这里。"))
    return redirect("contact")


@post_only("contact")
@membership_required()
def contact_forget(request: Request) -> HttpResponse:
    forget_mail(by=request.membership)
    messages.success(request, _("邮箱已删除，不再发邮件。"))
    return redirect("contact")
