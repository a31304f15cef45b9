"""One input, one form: what the body of a request may hold is said by the page's form, or here why it is not."""

import ast
from collections.abc import Iterator
from importlib import import_module

from rest_framework import serializers

from kit.inputs import FormSerializer
from tests.architecture.code import ROOMS, ROOT, files, tree

# Fields of an input that no form of a page has.
IN_THE_ADDRESS = "the page has it in its address"
TICKED = "boxes beside the rows of the page, which hold other fields as well"
BY_HAND = {
    ("CredentialsSerializer", "username"): "the page of the login is allauth's",
    ("CredentialsSerializer", "password"): "the page of the login is allauth's",
    ("CredentialsSerializer", "otp"): "the page of the login asks for it on a page of its own",
    ("CredentialsSerializer", "label"): "pages have no tokens",
    ("MoveSerializer", "expected_version"): "the page's form is drawn from the flow table",
    ("MoveSerializer", "reason"): "the page's form is drawn from the flow table",
    ("MoveSerializer", "data"): "the page's form is drawn from the flow table",
    ("ReasonSerializer", "reason"): "a page puts a chosen sentence and free words together",
    ("CommentSerializer", "*"): "shown as it is taken; one text, judged by the domain",
    ("FileInputSerializer", "slot"): "each slot of the page has a form of its own, with what this paper must say",
    ("FileInputSerializer", "file"): "each slot of the page has a form of its own, with what this paper must say",
    ("FileInputSerializer", "last_valid_day"): "each slot of the page has a form of its own",
    ("FileInputSerializer", "issuer"): "each slot of the page has a form of its own",
    ("FileInputSerializer", "number"): "each slot of the page has a form of its own",
    ("FileInputSerializer", "trade"): "each slot of the page has a form of its own",
    ("EnteredDaySerializer", "day"): "the page takes the days of a year as lines of text or a workbook",
    ("EnteredDaySerializer", "works"): "the page takes the days of a year as lines of text or a workbook",
    ("ProposeSerializer", "action"): IN_THE_ADDRESS,
    ("ProposeSerializer", "target"): IN_THE_ADDRESS,
    ("ProposeSerializer", "version"): "the page has it in a hidden field of every form",
    ("ProposeSerializer", "values"): "each kind of policy has a form of its own, which reads them",
    ("PolicySheetSerializer", "take"): "on the page the button below the preview",
    ("AnnounceSerializer", "token"): "the page has it in a hidden field of the preview",
    ("DecideSerializer", "decision"): "on the page the button that was pressed",
    ("DecideSerializer", "answer"): "one text, judged by the domain",
    ("ChosenSerializer", "assistances"): TICKED,
    ("NewBatchSerializer", "subsidies"): TICKED,
    ("NewClaimSerializer", "enrolments"): TICKED,
    ("ModeSerializer", "code"): IN_THE_ADDRESS,
    ("ImportSerializer", "sheet"): IN_THE_ADDRESS,
    ("TakeSerializer", "sheet"): IN_THE_ADDRESS,
    ("TakeSerializer", "token"): "the page has it in a hidden field of the preview",
    ("RemindSerializer", "units"): TICKED,
    ("ProposalSerializer", "check"): IN_THE_ADDRESS,
    ("NewCertificateInputSerializer", "enrolment"): IN_THE_ADDRESS,
    ("CertificateInputSerializer", "certificate_kind"): "all kinds, as the answers have it; the form refuses its own",
    ("NewBankCorrectionSerializer", "kind"): "the page has it in a hidden field, from the link that led there",
    ("SettlementSerializer", "agree"): "yes or no; on the page the button that was pressed",
    ("SheetInputSerializer", "marks"): "a mark by enrolment; on the page a row of radio buttons a trainee",
    ("ResultRowSerializer", "enrolment"): "on the page the prefix of the row's fields",
}


def bodies() -> Iterator[type[serializers.Serializer]]:
    """Every serializer that an operation names for what it is sent, or reads it by."""
    for room in ROOMS:
        for path in files(room):
            if not {"api", "api.py"} & set(path.relative_to(ROOT).parts):
                continue
            module = import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
            for node in ast.walk(tree(path)):
                for name in named(node):
                    yield getattr(module, name)


def named(node: ast.AST) -> list[str]:
    """The names in `request=…`, `….given(…)`."""
    if isinstance(node, ast.keyword) and node.arg == "request":
        asked: list[ast.AST] = [node.value]
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "given":
        asked = list(node.args)
    else:
        return []
    return [one.id for found in asked for one in ast.walk(found) if isinstance(one, ast.Name) and one.id[0].isupper()]


def by_hand(one: type[serializers.Serializer]) -> set[tuple[str, str]]:
    """The plain fields it, its bases and its rows declare."""
    if issubclass(one, serializers.ModelSerializer):
        return {(one.__name__, "*")}
    bases = [base for base in one.__bases__ if issubclass(base, serializers.Serializer)]
    inherited = {name for base in bases for name in base._declared_fields}
    found = {pair for base in bases for pair in by_hand(base)}
    for name, field in one._declared_fields.items():
        if isinstance(field, serializers.BaseSerializer):
            found |= by_hand(type(getattr(field, "child", field)))
        elif name not in inherited:
            found.add((one.__name__, name))
    return found


def test_the_body_of_a_request_is_said_by_the_form_of_the_page():
    asked = set(bodies())
    assert len([one for one in asked if issubclass(one, FormSerializer)]) >= 25
    assert set().union(*map(by_hand, asked)) == set(BY_HAND)
