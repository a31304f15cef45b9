"""Only the listed files of the npm packages are served, and a forgotten `npm ci` is said at start."""

from pathlib import Path

import pytest
from django.test import override_settings

from config import staticfinder
from config.staticfinder import FILES, PackageFinder


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A node_modules with every listed file and one that is not listed."""
    for source in [*FILES.values(), "echarts/dist/echarts.js"]:
        path = tmp_path / source
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"content of {source}")
    monkeypatch.setattr(staticfinder, "PACKAGES", tmp_path)
    return tmp_path


def test_a_listed_file_is_found_under_its_public_name(packages: Path) -> None:
    found = PackageFinder().find("vendor/tabler/tabler.min.css")
    assert found == str(packages / "@tabler/core/dist/css/tabler.min.css")


@pytest.mark.parametrize(
    "name", ["vendor/echarts/echarts.js", "echarts/dist/echarts.min.js", "../package.json", "vendor/"]
)
def test_what_is_not_listed_is_not_found(packages: Path, name: str) -> None:
    assert PackageFinder().find(name) == []
    assert PackageFinder().find(name, find_all=True) == []


def test_collecting_gives_exactly_the_list(packages: Path) -> None:
    listed = {name: storage.open(name).read().decode() for name, storage in PackageFinder().list([])}
    assert listed == {name: f"content of {source}" for name, source in FILES.items()}


def test_every_minified_file_comes_with_the_map_it_points_to() -> None:
    without_map = {"vendor/echarts/echarts.min.js"}
    needing = [name for name in FILES if name.endswith((".min.js", ".min.css")) and name not in without_map]
    assert [name for name in needing if f"{name}.map" not in FILES] == []
    assert [name for name, source in FILES.items() if Path(name).name != Path(source).name] == []


def test_a_forgotten_npm_ci_is_an_error_outside_tests(packages: Path) -> None:
    missing = "echarts/dist/echarts.min.js"
    (packages / missing).unlink()
    with override_settings(TESTING=False, STATIC_ROOT=str(packages / "nothing-collected")):
        errors = PackageFinder().check()
    assert [(error.id, missing in error.msg) for error in errors] == [("fanbu.E001", True)]


def test_tests_and_complete_packages_raise_no_error(packages: Path) -> None:
    with override_settings(TESTING=False, STATIC_ROOT=str(packages / "nothing-collected")):
        assert PackageFinder().check() == []
    (packages / "echarts/dist/echarts.min.js").unlink()
    with override_settings(TESTING=True):
        assert PackageFinder().check() == []
