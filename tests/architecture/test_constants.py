"""A constant stands once: two modules that say the same under one name will one day say two things."""

import ast
from collections import defaultdict

from tests.architecture.code import ROOMS, ROOT, files, tree


def constants():
    """(name, value as written, module) of every constant of a room's module."""
    for room in ROOMS:
        for path in files(room):
            for node in tree(path).body:
                if (
                    isinstance(node, ast.Assign)
                    and isinstance(node.targets[0], ast.Name)
                    and node.targets[0].id.isupper()
                ):
                    yield node.targets[0].id, ast.unparse(node.value), str(path.relative_to(ROOT))


def test_no_constant_stands_in_two_modules_under_one_name():
    modules = defaultdict(set)
    for name, value, module in constants():
        modules[name, value].add(module)
    assert {key: sorted(places) for key, places in modules.items() if len(places) > 1} == {}


def test_no_group_of_choices_stands_twice_under_whatever_name():
    """Roles, states and kinds: a tuple of members of an enumeration has a name in its `enums`."""
    names = defaultdict(set)
    for name, value, module in constants():
        if value.startswith("(") and value.count(".") > 1:
            names[frozenset(value.strip("()").split(", "))].add(f"{module}: {name}")
    assert [sorted(places) for places in names.values() if len(places) > 1] == []
