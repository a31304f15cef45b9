"""One refusal (decision 11): no room has a family of its own, and neither a page nor the API catches one."""

import ast

from tests.architecture.code import ROOMS, ROOT, files, tree

FAMILY = {"Refused", "NotAllowed", "NotNow", "NotValid", "Overtaken"}
# Members that mean something besides: whoever raises or catches one tells it apart.
MEMBERS = {
    ("kit/versions.py", "Stale"): "412 from the API; a page shows what is saved beside what was typed",
    (
        "kit/errors.py",
        "KitError",
    ): "a helper's refusal with a code for programs, which forms turn into their own errors",
    ("casework/domain/moves.py", "NoSuchMove"): "404",
    ("casework/domain/routing.py", "NotSet"): "a number of policy nobody has set: guards turn it into an obstacle",
    ("casework/domain/files.py", "FileAltered"): "a stored file is not the one that was kept: put on record",
}
# Pages that go on after a refusal. `Stale` may be caught anywhere: its page shows both versions of a draft.
CATCHING = {
    ("accounts/views/grants.py", "_give"): "many grants at once: one that is refused does not stop the others",
    ("casework/views/inbox.py", "agree_one"): "many cases at once: one that is refused does not stop the others",
    ("casework/views/decision.py", "move"): "the case is drawn as it is now, with the reason that was typed beside it",
    (
        "eligibility/views/corrections.py",
        "_submitted",
    ): "the draft is saved, its submission refused: the draft's own page",
}


def classes():
    return [
        (str(path.relative_to(ROOT)), node.name, {name_of(base) for base in node.bases})
        for room in ROOMS
        for path in files(room)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ClassDef)
    ]


def name_of(node: ast.AST) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def caught(handler: ast.ExceptHandler) -> set[str]:
    several = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return {name_of(one) for one in several if one is not None}


def test_no_room_has_refusals_of_its_own():
    known = {*FAMILY, *(name for _path, name in MEMBERS)}
    own = {(path, name) for path, name, bases in classes() if path != "kit/refusals.py" and bases & known}
    kept = {(path, name) for path, name in own if path != "kit/errors.py"} | {("kit/errors.py", "KitError")}
    assert kept == set(MEMBERS)
    exceptions = {
        (path, name)
        for path, name, bases in classes()
        if path.split("/")[0] != "kit" and name.endswith(("Refused", "Locked", "Denied")) and bases
    }
    assert exceptions == set()


def test_pages_and_api_catch_no_refusal():
    found = {
        (str(path.relative_to(ROOT)), function.name)
        for room in ROOMS
        for path in files(room)
        if {"views", "api", "api.py"} & set(path.relative_to(ROOT).parts)
        for function in ast.walk(tree(path))
        if isinstance(function, ast.FunctionDef)
        for handler in ast.walk(function)
        if isinstance(handler, ast.ExceptHandler)
        and caught(handler) & {*FAMILY, "NotSet", "FileAltered", "FileRefused"}
    }
    assert found == set(CATCHING)


def test_who_may_not_act_is_refused_by_the_family():
    """Django's and DRF's own PermissionDenied is for the login and for whoever has no membership at all."""
    at_the_door = {"accounts", "casework/api/base.py"}
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for room in ROOMS
        for path in files(room)
        if not {room, str(path.relative_to(ROOT))} & at_the_door
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Raise)
        and isinstance(node.exc, ast.Call)
        and name_of(node.exc.func) == "PermissionDenied"
    ]
    assert found == []


def test_what_cannot_be_taken_is_400_on_pages_and_from_the_api():
    """Never 422, whether the form says so or the domain."""
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for room in ROOMS
        for path in files(room)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Constant) and node.value == 422
    ]
    assert found == []
