"""What a form asks is what the API asks: names, lengths, ranges and choices."""

from datetime import date
from decimal import Decimal

import pytest
from django import forms

from kit.inputs import FormSerializer, cleaned, field_for
from kit.refusals import NotValid


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
    assert list(form.errors[name]) == list(map(str, asked.errors[name])), "with the same sentence"


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


def test_what_the_form_would_take_and_the_operation_does_not_is_refused_by_the_operation():
    asked = Asked(data={"name": ["a", "b"], "people": 1})
    assert not asked.is_valid()
    assert [one.code for one in asked.errors["name"]] == ["invalid"]


class ChosenForm(forms.Form):
    level = forms.TypedChoiceField(choices=[("", "—"), (1, "一级"), (2, "二级")], coerce=int, required=False)
    days = forms.TypedMultipleChoiceField(choices=[(0, "周一"), (1, "周二")], coerce=int)
    known_later = forms.ChoiceField(required=False)
    secret = forms.CharField(required=False, empty_value=None)
    active = forms.BooleanField(required=False, initial=True)


class Chosen(FormSerializer):
    class Meta:
        form = ChosenForm


def test_numbers_lists_and_what_is_empty_in_the_database():
    asked = Chosen(data={"days": [1, 0], "level": 2, "known_later": "what the form knows later"})
    assert asked.is_valid(), asked.errors
    given = dict(asked.validated_data)
    assert given.pop("days") == [1, 0]
    assert given == {"level": 2, "known_later": "what the form knows later", "secret": None, "active": True}
    wrong = Chosen(data={"days": [], "level": 3})
    assert not wrong.is_valid()
    assert {name: list(map(str, said)) for name, said in wrong.errors.items()} == dict(
        ChosenForm({"days": [], "level": 3}).errors
    )


def test_what_a_form_says_is_refused_by_field_and_for_the_whole():
    class Whole(AskedForm):
        def clean(self):
            raise forms.ValidationError("整体不对。")

    with pytest.raises(NotValid) as refused:
        cleaned(Whole({"name": "班", "people": -1}))
    assert refused.value.by_field[""] == ["整体不对。"]
    assert set(refused.value.by_field) == {"", "people"}
    assert cleaned(AskedForm({"name": "班", "people": 1}))["people"] == 1
