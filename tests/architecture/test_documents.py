"""Nothing cites a document that is not in the repository: who reads a name can open it."""

import re
import subprocess
from pathlib import PurePosixPath

from tests.architecture.code import ROOMS, ROOT

# A whole path of code; patterns like `<room>/urls.py` are none.
CODE = re.compile(r"(?<![A-Za-z0-9_>/])[A-Za-z0-9_.-]+/[A-Za-z0-9_./-]*\.(?:py|html|sql|sh|txt|po|js|css)\b")
NAMED = re.compile(r"[A-Za-z0-9_./-]*[A-Za-z0-9_-]\.md(?![A-Za-z0-9])")


def tracked() -> set[str]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return {name for name in listed.stdout.split("\0") if (ROOT / name).is_file()}


def missing(path: str, text: str, there: set[str]) -> list[str]:
    """Documents `text` names that are neither under the root nor beside the file at `path`; the web does not count."""
    beside = PurePosixPath(path).parent
    names = {name for name in NAMED.findall(text) if not name.startswith("//")}
    return sorted(name for name in names if not {name, _plain(beside / name)} & there)


def _plain(path: PurePosixPath) -> str:
    parts: list[str] = []
    for part in path.parts:
        parts = parts[:-1] if part == ".." else [*parts, part]
    return "/".join(parts)


def test_every_document_that_is_named_is_in_the_repository():
    there, lost = tracked(), {}
    for path in sorted(there):
        content = (ROOT / path).read_bytes()
        if b"\0" not in content and (names := missing(path, content.decode("utf-8"), there)):
            lost[path] = names
    assert lost == {}


def test_a_lost_document_is_found_and_those_beside_or_on_the_web_are_not():
    there, ending = {"docs/here.txt", "docs/guide" + ".md", "READ" + ".md"}, ".md"
    text = (
        f"house{ending}, docs/guide{ending}, guide{ending}, ../READ{ending}, 见guide{ending},"
        f" https://a.org/other{ending}"
    )
    assert missing("docs/here.txt", text, there) == ["house" + ending]
    assert missing("kit/ids.py", f"guide{ending}", there) == ["guide" + ending]


def test_every_path_of_code_that_a_document_names_is_there():
    documents = [path for path in tracked() if path.startswith(("docs/", "README", "CONTRIBUTING"))]
    pages = {path: (ROOT / path).read_text(encoding="utf-8") for path in documents if path.endswith(".md")}
    named = {(path, code) for path, text in pages.items() for code in CODE.findall(text)}
    assert len(named) > len(ROOMS)
    assert {(path, code) for path, code in named if not (ROOT / code).exists()} == set()
