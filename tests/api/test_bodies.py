"""Bodies no program of good sense sends: 400 with a sentence, before anything is done with them."""

import pytest

from tests.factories import operator, unit

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ('{"name": }', "内容不是有效的 JSON（第1行第10个字符处）"),
        ("null", "没有内容"),
        ("[" * 100_000 + "]" * 100_000, "嵌套过深"),
        ('{"a":' * 3_000 + "1" + "}" * 3_000, "嵌套过深"),
        ('{"name": ' + "[" * 40 + "]" * 40 + "}", "嵌套过深"),
        ('{"planned_people": ' + "1" * 4_400 + "}", "JSON"),
        ('{"planned_people": 12345678901234567890}', "数字过大"),
        ('{"planned_people": [{"a": -1e999}]}', "数字过大"),
        ('{"planned_people": NaN}', "JSON"),
        ('{"name": "\\ud800"}', "无法保存"),
        ('{"\\udfff": 1}', "无法保存"),
        ('{"name": ', "JSON"),
    ],
    ids=[
        "no value",
        "nothing",
        "deep list",
        "deep object",
        "forty lists",
        "4,400 digits",
        "20 digits",
        "infinity",
        "NaN",
        "half a character",
        "half a name",
        "cut short",
    ],
)
def test_what_cannot_be_kept_is_refused_in_a_sentence(api, body, words):
    answer = api(operator(unit())).generic("POST", "/api/v1/classes/", body.encode(), content_type="application/json")
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert words in answer.json()["detail"]


def test_the_token_door_reads_no_deeper(client):
    answer = client.post("/api/v1/auth/token/", "[" * 100_000 + "]" * 100_000, content_type="application/json")
    assert answer.status_code == 400
