"""Every page has a name of its own: where two share one, each link to the first quietly leads to the second."""

from collections import Counter
from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver


def named(resolver: URLResolver, space: str = "") -> Iterator[str]:
    for one in resolver.url_patterns:
        if isinstance(one, URLResolver):
            yield from named(one, f"{space}{one.namespace}:" if one.namespace else space)
        elif isinstance(one, URLPattern) and one.name:
            yield space + one.name


def test_no_two_pages_share_a_name():
    counted = Counter(named(get_resolver()))
    assert [name for name, count in counted.items() if count > 1] == []
