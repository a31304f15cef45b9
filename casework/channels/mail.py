"""Mail by one of Django's backends."""

from __future__ import annotations

import smtplib

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.utils.translation import gettext as _

from casework.channels.message import ChannelError, Message

PERMANENT = 500  # codes of an SMTP server from here on stay as they are


class Mail:
    def send(self, message: Message) -> None:
        domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip(">")
        mail = EmailMessage(
            message.subject,
            message.text,
            to=[message.to],
            headers={"Message-ID": f"<{message.key}@{domain}>"},
            connection=get_connection(settings.MAIL_BACKEND, timeout=settings.CHANNEL_TIMEOUT, **settings.MAIL_OPTIONS),
        )
        try:
            mail.send()
        except smtplib.SMTPRecipientsRefused as refused:
            final = all(code >= PERMANENT for code, _said in refused.recipients.values())
            raise ChannelError(_("邮件服务器不接受这个地址。"), final=final) from refused
        except smtplib.SMTPAuthenticationError as refused:
            raise ChannelError(_("邮件服务器不接受门户的用户名和密码。"), down=True) from refused
        except smtplib.SMTPResponseException as refused:
            sentence = _("邮件服务器没有接受（%(code)s）。") % {"code": refused.smtp_code}
            raise ChannelError(sentence) from refused
        except (smtplib.SMTPException, OSError) as problem:
            raise ChannelError(_("邮件服务器没有应答。"), down=True) from problem
