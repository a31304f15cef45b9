"""What a form asks is what the API asks: names, lengths, ranges and choices."""

from datetime import date
from decimal import Decimal

import pytest
from django import forms

from kit.inputs import FormSerializer, field_for


class AskedForm(forms.Form):
    name = forms.CharField(max_length=5)
    people = forms.IntegerField(min_value=0, max_value=32767)
    fee = forms.DecimalField(max_digits=6, decimal_places=2, min_value=0, required=False)
    kind = forms.ChoiceField(choices=[("", "—"), ("a", "A"), ("b", "B")], required=False)
    day = forms.DateField(required=False)
    agreed = forms.BooleanField(required=False)


class Asked(FormSerializer):
    class Meta:
        form = AskedForm


class Draft(FormSerializer):
    class Meta:
        form, is_draft, leave_out = AskedForm, True, ("agreed",)


def test_what_is_right_for_the_form_is_right_for_the_operation():
    asked = Asked(data={"name": "育婴员", "people": 30, "fee": "12.50", "kind": "a", "day": "2026-03-02"})
    assert asked.is_valid(), asked.errors
    assert dict(asked.validated_data) == {
        "name": "育婴员",
        "people": 30,
        "fee": Decimal("12.50"),
        "kind": "a",
        "day": date(2026, 3, 2),
        "agreed": False,
    }


@pytest.mark.parametrize(
    ("name", "value"),
    [("name", "六个字的名字"), ("people", 32768), ("people", -1), ("fee", "1.001"), ("kind", "c"), ("day", "32日")],
)
def test_what_the_form_refuses_the_operation_refuses_at_the_same_field(name, value):
    given = {"name": "班", "people": 1} | {name: value}
    form, asked = AskedForm(given), Asked(data=given)
    assert (form.is_valid(), asked.is_valid()) == (False, False)
    assert set(form.errors) == set(asked.errors) == {name}


def test_what_may_be_left_out_is_empty_and_the_rest_is_demanded():
    asked = Asked(data={})
    assert not asked.is_valid()
    assert set(asked.errors) == {"name", "people"} == set(AskedForm({}).errors)


def test_of_a_draft_only_what_is_given_is_taken():
    asked = Draft(data={"people": None, "kind": ""})
    assert asked.is_valid(), asked.errors
    assert dict(asked.validated_data) == {"people": None, "kind": ""}
    assert "agreed" not in asked.fields


def test_a_kind_of_field_no_operation_takes_is_said_when_the_code_is_loaded():
    with pytest.raises(TypeError, match="SplitDateTimeField"):
        field_for(forms.SplitDateTimeField())
