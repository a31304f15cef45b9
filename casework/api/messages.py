"""Messages through the API: one's settings, and announcements, looked at first and sent under the preview's token."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from casework.api.base import ApiView
from casework.domain.announcing import announce, preview, refuse_unless_administrator
from casework.domain.contacts import choose
from casework.domain.deliveries import contact_of, reached_by
from casework.enums import Channel
from casework.forms import AnnouncementForm, ContactForm
from casework.models import Contact
from kit.inputs import FormSerializer, cleaned


class ContactChoiceSerializer(FormSerializer):
    """Units leave out `pace_work`."""

    class Meta:
        form = ContactForm
        is_draft = True


class ContactSerializer(serializers.Serializer):
    """What the user chose, and the ways by which he is reached now."""

    by_mail = serializers.BooleanField()
    by_sms = serializers.BooleanField()
    pace_case = serializers.CharField()
    pace_work = serializers.CharField()
    pace_deadline = serializers.CharField()
    pace_announcement = serializers.CharField()
    reached_by = serializers.ListField(child=serializers.ChoiceField(choices=Channel.choices))


class ContactView(ApiView):
    serializer_class = ContactSerializer
    pagination_class = None

    @extend_schema(operation_id="message_settings")
    def get(self, request: Request) -> Response:
        """By which ways and how fast this user is told."""
        return self._answer()

    @extend_schema(operation_id="message_settings_choose", request=ContactChoiceSerializer)
    def put(self, request: Request) -> Response:
        """Choose; a mail address is entered on the page, where its code is typed in."""
        form = ContactForm(dict(self.given(ContactChoiceSerializer)), is_unit=self.membership.is_unit)
        choice = cleaned(form)
        choose(by=self.membership, by_mail=choice["by_mail"], by_sms=choice["by_sms"], paces=form.paces)
        return self._answer()

    def _answer(self) -> Response:
        user = self.membership.user
        found = Contact.objects.filter(user=user).first() or contact_of(user)
        user.contact = found
        return Response(ContactSerializer({**ContactForm.values_of(found), "reached_by": reached_by(user)}).data)


class AnnounceSerializer(FormSerializer):
    """Without a `token` it is only looked at."""

    class Meta:
        form = AnnouncementForm

    token = serializers.CharField(max_length=2000, default="", allow_blank=True)


class AnnouncementSerializer(serializers.Serializer):
    """Whom it reaches, by which ways, who has no address; the token it is sent under, or the job that sends it."""

    people = serializers.IntegerField()
    organisations = serializers.IntegerField()
    mail = serializers.IntegerField()
    sms = serializers.IntegerField()
    without_address = serializers.IntegerField()
    token = serializers.CharField()
    job = serializers.IntegerField(allow_null=True)


class AnnouncementsView(ApiView):
    serializer_class = AnnouncementSerializer

    @extend_schema(operation_id="announce", request=AnnounceSerializer)
    def post(self, request: Request) -> Response:
        """Look at an announcement; with the token of that preview send it, to exactly those, once."""
        refuse_unless_administrator(self.membership)
        given: dict[str, Any] = dict(self.given(AnnounceSerializer))
        token = given.pop("token")
        form = AnnouncementForm(given, by=self.membership)
        cleaned(form)
        found = preview(form.asked, by=self.membership)
        job = announce(form.asked, token, by=self.membership) if token else None
        answer = found.counts | {
            "without_address": len(found.without_address),
            "token": found.token,
            "job": job.pk if job else None,
        }
        return Response(AnnouncementSerializer(answer).data)
