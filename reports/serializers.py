"""What the API says of a form."""

from __future__ import annotations

from rest_framework import serializers


class ColumnSerializer(serializers.Serializer):
    code = serializers.CharField()
    label = serializers.CharField()
    measure = serializers.CharField(help_text="count：人次；amount：金额（元）；ratio：百分比")


class RowSerializer(serializers.Serializer):
    """`month` and `year` hold the values by column code: whole numbers, amounts and percentages as strings, null for no
    ratio.
    """

    code = serializers.CharField()
    label = serializers.CharField()
    depth = serializers.IntegerField()
    month = serializers.DictField()
    year = serializers.DictField()


class FormSerializer(serializers.Serializer):
    form = serializers.CharField()
    title = serializers.CharField()
    source = serializers.CharField()
    division = serializers.CharField()
    division_name = serializers.CharField()
    year = serializers.IntegerField()
    month = serializers.IntegerField()
    by = serializers.CharField()
    columns = ColumnSerializer(many=True)
    rows = RowSerializer(many=True)
