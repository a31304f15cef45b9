"""A page's form filled in again: what was typed, and nothing else of the page, changes (nobody's work lost)."""

from __future__ import annotations

import html

from hypothesis import given
from hypothesis import strategies as st

from kit.refill import put_in, refill

PAGE = """<!doctype html><p>1 &lt; 2 &amp;c. \u2028 &copy</p>
<form method="post" action="/a/"><input type="hidden" name="slot" value="licence"><input name="words"></form>
<details class="act"><summary>x</summary>
<form id="f" method="post" action="/a/"><input type="hidden" name="csrf" value="new">\
<input type="hidden" name="slot" value="other">
<input class="c" name="words" value="old" maxlength="20"><textarea name="note" rows="2">old</textarea>
<select name="kind"><option value="">-</option>\
<option value="a">A</option><option value="b" selected>B</option></select>
<input type="checkbox" name="row" value="1" checked><input type="checkbox" name="row" value="2">\
<input type="password" name="secret">
</form></details><input type="checkbox" name="row" value="3" form="f"><script>if (1 < 2 && x) {"<form>"}</script>"""


def test_the_form_that_was_posted_is_filled_in_and_unfolded():
    posted = {
        "csrf": ["stale"],
        "slot": ["other"],
        "words": ['5 > "3"'],
        "note": ["两行\n字"],
        "kind": ["a"],
        "row": ["2", "3"],
        "secret": ["s"],
    }
    page = refill(
        PAGE, posted, address="/a/", path="/p/", secret={"csrf"}, lead="<b>!</b>", errors={"": "全部", "words": "太短"}
    )
    assert page is not None
    expected = (
        PAGE.replace('<details class="act">', '<details class="act" open>')
        .replace('<form id="f" method="post" action="/a/">', '<form id="f" method="post" action="/a/"><b>!</b>')
        .replace(
            '<input class="c" name="words" value="old" maxlength="20">',
            '<input class="c is-invalid" name="words" value="5 &gt; &quot;3&quot;" maxlength="20" aria-invalid="true"'
            ' aria-describedby="wrong-words"><div class="invalid-feedback d-block" id="wrong-words">太短</div>',
        )
        .replace('rows="2">old<', 'rows="2">\n两行\n字<')
        .replace('value="a">', 'value="a" selected>')
        .replace('value="b" selected>', 'value="b">')
        .replace('value="1" checked>', 'value="1">')
        .replace('value="2">', 'value="2" checked>')
        .replace('value="3" form="f">', 'value="3" form="f" checked>')
    )
    assert page == expected


def test_another_form_is_not_taken_for_it():
    assert refill(PAGE, {"words": ["x"]}, address="/b/", path="/p/") is None
    assert refill(PAGE, {"slot": ["third"], "words": ["x"]}, address="/a/", path="/p/") is None
    first = refill(PAGE, {"slot": ["licence"], "words": ["x"]}, address="/a/", path="/p/")
    assert first is not None
    assert '<input name="words" value="x">' in first


def test_a_form_without_an_address_belongs_to_its_page():
    assert (
        refill('<form method="post"><input name="a"></form>', {"a": ["1"]}, address="/p/", path="/p/")
        == '<form method="post"><input name="a" value="1"></form>'
    )


@given(st.text())
def test_nothing_typed_becomes_markup(text):
    page = refill(
        '<form method="post"><textarea name="a"></textarea><input name="b"></form>',
        {"a": [text], "b": [text]},
        address="/p/",
        path="/p/",
    )
    assert (
        page == f'<form method="post"><textarea name="a">\n{html.escape(text)}</textarea><input name="b"'
        f' value="{html.escape(text)}"></form>'
    )


def test_a_piece_stands_at_the_beginning_of_its_element():
    assert put_in('<main class="x" id="content"><p>', "content", "!") == '<main class="x" id="content">!<p>'
    assert put_in("<p>", "content", "!") == "!<p>"
