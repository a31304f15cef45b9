"""A page's form filled in again with what was posted, with what is wrong said at its field (R-SEC-4; nobody's work
lost).

The page is the one the server draws anyway, so this holds for every form of the portal, with or without script. Only
the tags that change are rewritten; everything else is handed on as it came. Passwords and files are never filled in.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser
from urllib.parse import urlsplit

Attributes = dict[str, str | None]
Posted = Mapping[str, Sequence[str]]
UNTOUCHED = {"hidden", "submit", "button", "reset", "image", "file", "password"}
TICKED = {"checkbox", "radio"}


@dataclass
class Tag:
    """A start tag: where it stands in the page, and for a textarea or a select where its content ends."""

    name: str
    attributes: Attributes
    start: int
    end: int
    content_end: int = 0
    options: list[Tag] = field(default_factory=list)

    def get(self, name: str) -> str:
        return self.attributes.get(name) or ""

    @property
    def kind(self) -> str:
        return (self.get("type") or "text").lower() if self.name == "input" else self.name

    def written(self, **changed: str | bool) -> str:
        """The tag with other attributes; False takes one away."""
        said = {name.replace("_", "-"): value for name, value in changed.items()}
        kept: dict[str, str | bool | None] = {**self.attributes, **said}
        shown = [
            name if value is None or value is True else f'{name}="{escape(str(value))}"'
            for name, value in kept.items()
            if value is not False
        ]
        return f"<{' '.join([self.name, *shown])}>"


@dataclass
class Form:
    """A form with its controls, and the folds it lies in or holds."""

    tag: Tag
    controls: list[Tag] = field(default_factory=list)
    folds: list[Tag] = field(default_factory=list)

    def goes_to(self, address: str, page: str) -> bool:
        """Whether it is posted to this address; a form without an action goes to its page."""
        return self.tag.get("method").lower() == "post" and (urlsplit(self.tag.get("action")).path or page) == address

    def is_the_one(self, posted: Posted, secret: Collection[str]) -> bool:
        """Whether what it says of itself (its hidden fields) is what was posted: some pages hold a form a line."""
        fixed = [one for one in self.controls if one.kind == "hidden" and one.get("name") not in secret]
        return all(one.get("value") in posted.get(one.get("name"), [one.get("value")]) for one in fixed)


class Forms(HTMLParser):
    """Every form of a page."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=False)
        self.forms: list[Form] = []
        self.loose: list[tuple[str, Tag]] = []
        self.open_folds: list[Tag] = []
        self.form: Form | None = None
        self.inside: Tag | None = None
        self.lines = [0, *(found.end() for found in re.finditer("\n", page))]
        self.feed(page)
        self.close()
        by_id = {form.tag.get("id"): form for form in self.forms if form.tag.get("id")}
        for owner, tag in self.loose:
            if owner in by_id:
                by_id[owner].controls.append(tag)

    @property
    def here(self) -> int:
        """How far into the page the parser is."""
        line, offset = self.getpos()
        return self.lines[line - 1] + offset

    def handle_starttag(self, name: str, attributes: list[tuple[str, str | None]]) -> None:
        text = self.get_starttag_text() or ""
        tag = Tag(name, dict(attributes), self.here, self.here + len(text))
        if name == "form":
            self.form = Form(tag, folds=list(self.open_folds))
            self.forms.append(self.form)
        elif name == "details":
            self.open_folds.append(tag)
            if self.form:
                self.form.folds.append(tag)
        elif name in ("input", "textarea", "select"):
            self._control(tag)
        elif name == "option" and self.inside is not None:
            self.inside.options.append(tag)

    def _control(self, tag: Tag) -> None:
        if owner := tag.get("form"):
            self.loose.append((owner, tag))
        elif self.form:
            self.form.controls.append(tag)
        self.inside = tag if tag.name != "input" else None

    def handle_endtag(self, name: str) -> None:
        if name == "form":
            self.form = None
        elif name == "details" and self.open_folds:
            self.open_folds.pop()
        elif self.inside is not None and name == self.inside.name:
            self.inside.content_end, self.inside = self.here, None


def refill(
    page: str,
    posted: Posted,
    *,
    address: str,
    path: str,
    secret: Collection[str] = (),
    carried: Collection[str] = (),
    lead: str = "",
    errors: Mapping[str, str] | None = None,
) -> str | None:
    """The page with the form that goes to `address` filled in; None when there is no such form.

    `secret` are hidden fields drawn anew for each page, of which the `carried` ones are filled in too; `lead` is a
    piece of HTML put at the top of the form; `errors` are sentences by field name, "" for the form as a whole, which
    belong to the caller's `lead`.
    """
    candidates = [form for form in Forms(page).forms if form.goes_to(address, path)]
    form = next((one for one in candidates if one.is_the_one(posted, secret)), None)
    if form is None:
        return None
    edits = [(form.tag.end, form.tag.end, lead)] if lead else []
    edits += [(fold.start, fold.end, fold.written(open=True)) for fold in form.folds if "open" not in fold.attributes]
    left = {name: list(values) for name, values in posted.items()}
    wrong = {name: sentence for name, sentence in (errors or {}).items() if name}
    for control in form.controls:
        if control.kind == "hidden" and control.get("name") in carried and posted.get(control.get("name")):
            edits.append((control.start, control.end, control.written(value=posted[control.get("name")][0])))
        edits += _filled(control, left, wrong.pop(control.get("name"), ""))
    for start, end, text in sorted(edits, reverse=True):
        page = page[:start] + text + page[end:]
    return page


def _filled(control: Tag, left: dict[str, list[str]], wrong: str) -> list[tuple[int, int, str]]:
    """The edits of one control; a name that comes more than once takes its values in order."""
    name, kind = control.get("name"), control.kind
    changed: dict[str, str | bool] = {}
    edits: list[tuple[int, int, str]] = []
    if wrong:
        changed |= {
            "aria_invalid": "true",
            "class": f"{control.get('class')} is-invalid".strip(),
            "aria_describedby": f"wrong-{name}",
        }
    if name and kind not in UNTOUCHED:
        if kind in TICKED:
            changed["checked"] = (control.get("value") or "on") in left.get(name, ())
        elif kind == "select":
            chosen = left.get(name, [])
            edits += [
                (one.start, one.end, one.written(selected=one.get("value") in chosen))
                for one in control.options
                if "value" in one.attributes
            ]
        elif left.get(name):
            text = left[name].pop(0)
            if kind == "textarea":
                edits.append((control.end, control.content_end, "\n" + escape(text)))
            else:
                changed["value"] = text
    if changed:
        edits.append((control.start, control.end, control.written(**changed)))
    if wrong:
        after = max(control.end, control.content_end + len(f"</{control.name}>") if control.content_end else 0)
        edits.append(
            (after, after, f'<div class="invalid-feedback d-block" id="wrong-{escape(name)}">{escape(wrong)}</div>')
        )
    return edits


def put_in(page: str, element: str, piece: str) -> str:
    """The page with a piece of HTML at the beginning of the element of this id; in front of everything where there is
    none.
    """
    found = re.search(rf'<[^>]*\bid="{re.escape(element)}"[^>]*>', page)
    place = found.end() if found else 0
    return page[:place] + piece + page[place:]
