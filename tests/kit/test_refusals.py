"""The family of refusals: whatever an act says, the sentences come by field and in one row."""

import copy
import pickle

import pytest
from django.utils.translation import gettext_lazy, override

from kit.errors import FileRefused, IdError, KitError
from kit.refusals import NotAllowed, NotNow, NotValid, Overtaken, Refused
from kit.versions import Stale


@pytest.mark.parametrize(
    ("refused", "by_field"),
    [
        (NotNow("已过期。"), {"": ["已过期。"]}),
        (NotNow(["缺材料。", "缺名单。"]), {"": ["缺材料。", "缺名单。"]}),
        (NotValid("请说明理由。", field="reason"), {"reason": ["请说明理由。"]}),
        (NotValid({"name": "太长。", "": "请核对。"}), {"name": ["太长。"], "": ["请核对。"]}),
        (NotValid({12: ["缺成绩。", "缺证书。"]}), {"12": ["缺成绩。", "缺证书。"]}),
        (FileRefused("empty", "文件是空的。"), {"file": ["文件是空的。"]}),
        (KitError("odd", "不对。"), {"": ["不对。"]}),
    ],
)
def test_sentences_come_by_field_and_in_one_row(refused, by_field):
    assert refused.by_field == by_field
    assert refused.sentences == [one for found in by_field.values() for one in found]
    assert str(refused) == " ".join(refused.sentences)


def test_three_reasons_have_three_codes_and_whoever_was_faster_is_not_now():
    assert [one("").status for one in (NotAllowed, NotNow, NotValid)] == [403, 409, 400]
    assert [issubclass(one, NotNow) for one in (Overtaken, Stale)] == [True, True]
    assert all(issubclass(one, NotValid) for one in (IdError, FileRefused))
    assert issubclass(KitError, ValueError)


def test_a_lazy_sentence_is_said_in_the_language_of_its_reader():
    refused = Refused(gettext_lazy("请先登录。"))
    said = str(refused)
    with override("en"):
        assert refused.sentences != [said]


@pytest.mark.parametrize("refused", [NotValid({"name": "太长。"}), NotNow("不行。", field="reason")])
def test_a_refusal_stays_itself_when_it_is_handed_from_one_process_to_another(refused):
    again = pickle.loads(pickle.dumps(refused))
    assert (type(again), again.by_field) == (type(refused), refused.by_field)
    assert copy.copy(refused).by_field == refused.by_field
