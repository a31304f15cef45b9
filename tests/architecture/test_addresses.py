"""Every page has a name of its own: where two share one, each link to the first quietly leads to the second."""

import re
from collections import Counter
from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver

from tests.architecture.code import ROOMS, files


def named(resolver: URLResolver, space: str = "") -> Iterator[str]:
    for one in resolver.url_patterns:
        if isinstance(one, URLResolver):
            yield from named(one, f"{space}{one.namespace}:" if one.namespace else space)
        elif isinstance(one, URLPattern) and one.name:
            yield space + one.name


def test_no_two_pages_share_a_name():
    counted = Counter(named(get_resolver()))
    assert [name for name, count in counted.items() if count > 1] == []


def test_numbers_are_read_by_one_reader():
    """`<int:…>` takes numbers no database holds, `isdigit()` takes `²`, and `int()` fails on either: `kit.whole` is for
    both.
    """
    lines = [
        (path.name, line.strip()) for room in ROOMS for path in files(room) for line in path.read_text().splitlines()
    ]
    assert [found for found in lines if "<int:" in found[1]] == []
    guarded = re.compile(r"\bint\(.*\.is(digit|decimal|numeric)\(|\.is(digit|decimal|numeric)\(.*\bint\(")
    assert [found for found in lines if guarded.search(found[1]) and found[0] not in {"whole.py", "scan.py"}] == []
