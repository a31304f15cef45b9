"""The fast path stays in its place: models and authority say what is true, and know nothing of how it is asked."""

from tests.architecture.code import ROOMS, ROOT, files, imports, place

AUTHORITY = ROOT / "accounts/domain/authority.py"


def test_models_and_authority_know_nothing_of_the_fast_path():
    wrong = [
        place(found)
        for room in ROOMS[1:]
        for path in files(room)
        if path.relative_to(ROOT).parts[1].removesuffix(".py") == "models" or path == AUTHORITY
        for found in imports(path)
        if found.module.startswith("kit.fast")
    ]
    assert AUTHORITY.exists()
    assert wrong == []
