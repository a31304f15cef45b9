"""What the API of accounts takes and gives."""

from __future__ import annotations

from rest_framework import serializers

from accounts.models import Membership


class MembershipSerializer(serializers.ModelSerializer):
    """A membership: where, as what; its `id` goes into the header X-Membership."""

    organisation = serializers.CharField(source="organisation.name")
    organisation_id = serializers.IntegerField()
    organisation_kind = serializers.CharField(source="organisation.kind")
    division = serializers.CharField(source="organisation.division_id")
    division_name = serializers.CharField(source="organisation.division.name")
    role_name = serializers.CharField(source="get_role_display")

    class Meta:
        model = Membership
        fields = (
            "id",
            "organisation",
            "organisation_id",
            "organisation_kind",
            "division",
            "division_name",
            "role",
            "role_name",
            "title",
        )
        read_only_fields = fields


class CredentialsSerializer(serializers.Serializer):
    """`otp` is the six digits of the authenticator, or a recovery code, where the user has set one up.

    `label` says what the token is for; its owner reads it in the list of tokens.
    """

    username = serializers.CharField(max_length=60)
    password = serializers.CharField(max_length=200, trim_whitespace=False)
    otp = serializers.CharField(max_length=20, required=False, allow_blank=True, default="")
    label = serializers.CharField(max_length=60, required=False, allow_blank=True, default="")


class TokenSerializer(serializers.Serializer):
    token = serializers.CharField()
    expires_at = serializers.DateTimeField()
    memberships = MembershipSerializer(many=True)
