"""{% rows %}: a long table line by line as {% for %} would print it, escaped, and nobody's text in another's line (P7)."""

import pytest
from django.template import Context, Template
from django.utils.safestring import mark_safe

LINE = (
    '<tr class="{{ tone }}"><td>{{ name }}</td>{% if address %}<a href="{{ address }}">{{ open }}</a>{% else %}—{%'
    " endif %}{% if struck %}{{ why }}{% endif %}{% for word in words %}<i>{{ word }}</i>{% endfor %}</tr>"
)
TABLE = Template("{% load rows %}{% rows lines %}" + LINE + "{% empty %}nobody{% endrows %}")
ONE = Template(LINE)
LINES = [
    {"tone": "ok", "name": "乌云", "address": "/1", "struck": False, "why": ""},
    {"tone": "ok", "name": "其其格", "address": "/2", "struck": False, "why": ""},
    {"tone": "bad", "name": "<script>alert(1)</script>", "address": "", "struck": True, "why": 'a "b" & c'},
    {"tone": "bad", "name": "", "address": "", "struck": True, "why": "空"},
    {"tone": "bad", "name": mark_safe("<b>粗</b>"), "address": "/5", "struck": False, "why": "不显示"},
    {"tone": "ok", "name": "有话", "address": "/6", "struck": False, "why": "", "words": ["甲", "<乙>"]},
    {"tone": "ok", "name": "\ue000why\ue001", "address": "/7", "struck": False, "why": "别人看不到"},
]


def test_every_line_is_as_if_rendered_for_itself():
    assert TABLE.render(Context({"lines": LINES, "open": "打开"})) == "".join(
        ONE.render(Context({**line, "open": "打开"})) for line in LINES
    )


def test_texts_are_escaped_and_stay_in_their_own_line():
    html = TABLE.render(Context({"lines": LINES, "open": "打开"}))
    assert "<script>" not in html
    assert html.count("&lt;script&gt;") == html.count("乌云") == html.count("/2") == 1
    assert "别人看不到" not in html


def test_a_table_of_nobody_says_so():
    assert [TABLE.render(Context({"lines": lines})) for lines in ([], None)] == ["nobody", "nobody"]


def test_a_filter_on_a_text_is_caught_by_the_tests_themselves():
    with pytest.raises(AssertionError):
        Template("{% load rows %}{% rows lines %}{{ name|length }}{% endrows %}").render(Context({"lines": LINES[:1]}))
