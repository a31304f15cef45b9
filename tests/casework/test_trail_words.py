"""No code, English word or model's default name reaches a reader of the trail: every act, every key, every value in
words (R-SEC-2).
"""

import ast
import re
from functools import cache

import pytest
from django.apps import apps
from django.db import models

from accounts.domain import labels
from accounts.domain.audit import record
from accounts.models import Event
from tests.architecture.code import ROOT, files, tree

CODE = re.compile(r"(?<![\w.@/-])[a-z]+(?:_[a-z]+)+(?![\w.@/-])|\b(?:True|False|None)\b|\w+ object \(")
# What people or machines named themselves: user names, file names, digests, the codes of things that have no other
# name.
NAMED = {"username", "name", "sha256", "digest", "accounts", "key", "label", "table", "payment"}
OURS = {"by", "on", "kind", "pk", "division", "reason", "origin", "user"}
ROOMS = ("accounts", "casework", "eligibility", "training", "subsidies", "reports")


def recorded():
    """(place, act or None where it is worked out, keys) of every call of record() and note() in the code."""
    for room in ROOMS:
        for path in files(room):
            for node in ast.walk(tree(path)):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("record", "note") and node.args:
                    acts = [
                        one.value
                        for one in ast.walk(node.args[0])
                        if isinstance(one, ast.Constant) and re.fullmatch(r"[a-z]+\.[a-z_]+", str(one.value))
                    ]
                    yield (
                        f"{path.relative_to(ROOT)}:{node.lineno}",
                        acts,
                        [k.arg for k in node.keywords if k.arg and k.arg not in OURS],
                    )


def noted():
    """Keys that moves put beside what is recorded of them."""
    for room in ROOMS:
        for path in files(room):
            for node in ast.walk(tree(path)):
                if (
                    isinstance(node, ast.Subscript)
                    and getattr(node.value, "attr", "") == "notes"
                    and isinstance(node.slice, ast.Constant)
                ):
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", str(node.slice.value)


def test_every_note_of_a_move_has_words():
    assert [place for place, key in noted() if key != "changed" and not labels.is_labelled(key, "")] == []


def test_every_act_and_every_key_that_is_recorded_has_words():
    wanting = []
    for place, acts, keys in recorded():
        wanting += [f"{place} {act}" for act in acts if labels.act_label(act) == act]
        for key in keys:
            if key != "changed" and not all(labels.is_labelled(key, act) for act in acts or [""]):
                wanting.append(f"{place} {acts} {key}")
    assert wanting == []


@cache
def codes():
    """Every code of every fixed word that a column of the database may hold."""
    fields = (
        field
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField)
    )
    return {
        str(code)
        for field in fields
        for code, label in field.flatchoices
        if code and str(code) != str(label) and str(code).isascii() and str(code).islower()
    }


def unsaid(events):
    """What of these events would reach a reader otherwise than in words."""
    known, wrong = codes(), set()
    for event in events:
        if labels.act_label(event.act) == event.act:
            wrong.add(event.act)
        if CODE.search(labels.subject_label(event.subject)):
            wrong.add(f"{event.act} {event.subject}")
        keys = [key for key, value in event.data.items() if value not in ("", None, [], {})]
        for key in keys:
            if key != "changed" and not labels.is_labelled(key, event.act):
                wrong.add(f"{event.act} {key}: no label")
        for field in event.data.get("changed") or {}:
            if isinstance(event.data["changed"][field], list) and not labels.is_labelled(
                field.rpartition(".")[2], event.act
            ):
                wrong.add(f"{event.act} changed {field}: no label")
        for label, text in labels.describe_data(
            {key: value for key, value in event.data.items() if key not in NAMED}, event.act
        ):
            parts = re.split("[、；]", text) + re.findall("“([^”]*)”", text)
            if CODE.search(text) or known & set(parts):
                wrong.add(f"{event.act} {label}: {text}")
    return sorted(wrong)


def recorded_again(act, **data):
    return record(act, by=None, kind="x", **data)


@pytest.mark.django_db
def test_what_was_seen_is_said_in_words():
    events = [
        recorded_again("paymentbatch.corrected", changed={"state": ["returned", "paid"]}),
        recorded_again(
            "accountchange.edited",
            changed={"is_exception": ["False", "True"], "fund_source": ["", "unemployment_insurance"]},
        ),
        recorded_again("file.attached", slot="holder_paper", number="鲁1", issuer="应急管理局", trade="化工"),
        recorded_again("file.attached", slot="bank_result"),
        recorded_again("file.attached", slot="safety_licence"),
        recorded_again(
            "recognition.entered",
            check="employer_distressed",
            answer="confirmed",
            area="新城区",
            uscc="91150102MA00000000",
        ),
        recorded_again("roster.added", people=1),
        recorded_again("catalogue.changed", changed={"owner": ["", "150000"]}),
        recorded_again("budget.set", fund="unemployment_insurance", year=2026),
        recorded_again("results.saved", people=[1, 2]),
    ]
    assert unsaid(events) == []
    told = [
        "；".join(f"{label}：{text}" for label, text in labels.describe_data(event.data, event.act)) for event in events
    ]
    assert told[0] == "修改：状态 “退票” → “已到账”"
    assert told[1] == "修改：户名例外 “否” → “是”；资金来源 “” → “失业保险基金”"
    assert told[2] == "材料：其他户名的证明；证号：鲁1；发证机关：应急管理局；行业：化工"
    assert "答复：属实" in told[5]
    assert told[6:] == [
        "人数：1",
        "修改：维护地区 “” → “内蒙古自治区”",
        "资金来源：失业保险基金；年度：2026",
        "序号：1、2",
    ]


def test_a_number_is_called_what_it_is_in_each_act():
    said = [
        labels.describe_data({"number": "1"}, act)[0][0]
        for act in ("teacher.changed", "file.attached", "letter.issued")
    ]
    assert said == ["公民身份号码", "证号", "编号"]


@pytest.mark.django_db
def test_no_default_name_of_a_model_is_kept_or_read():
    assert record("budget.set", by=None, on=Event(pk=7)).subject == "编号 7"
    assert labels.subject_label("Budget object (45)") == "编号 45"
