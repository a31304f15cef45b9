"""What is installed when: the demo needs no test tool, Node only where the machine has none, and nothing is installed
twice.
"""

import re
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from devtools import environment, packages
from devtools.environment import LOCKS, ensure, install, layers_for, machine_pip, stamp_of
from devtools.folders import PROJECT, Trouble
from tests.architecture.code import ROOMS, files, imports

PIN = re.compile(r"^([\w.\[\]-]+)==(\S+)[^\n]*\n((?:[ ]+.*\n)*)", re.MULTILINE)
OWN = {*ROOMS, "config", "beat", "demo", "bench", "devtools", "registry_simulator", "tests"}


def pins(*layers: str) -> dict[str, str]:
    return {name: version for layer in layers for name, version, _rest in PIN.findall(LOCKS[layer].read_text())}


@pytest.mark.parametrize("layer", LOCKS)
def test_every_pinned_package_has_a_hash(layer: str) -> None:
    found = PIN.findall(LOCKS[layer].read_text())
    assert found
    assert [name for name, _version, rest in found if "--hash=sha256:" not in rest] == []


def test_two_locks_never_ask_for_two_versions_of_a_package() -> None:
    versions: dict[str, set[str]] = {}
    for layer in LOCKS:
        for name, version in pins(layer).items():
            versions.setdefault(name, set()).add(version)
    assert {name: asked for name, asked in versions.items() if len(asked) > 1} == {}


def test_what_runs_the_portal_and_the_demo_is_in_their_own_locks() -> None:
    """Whatever the code imports is pinned where it is needed: the test tools are not there in a
    demo of a fresh clone.
    """
    distributions = packages_distributions()
    known = {
        "portal": {_plain(name) for name in pins("portal")},
        "demo": {_plain(name) for name in pins("portal", "demo")},
    }
    wrong = []
    for room in [*ROOMS, "config", "beat", "demo", "registry_simulator"]:
        allowed = known["portal" if room in {*ROOMS, "config", "beat"} else "demo"]
        for found in (found for path in files(room) for found in imports(path)):
            top = found.module.split(".")[0]
            if (
                top not in OWN | sys.stdlib_module_names
                and not {_plain(name) for name in distributions.get(top, [])} & allowed
            ):
                wrong.append(f"{found.path.relative_to(PROJECT)}:{found.line} {top}")
    assert wrong == []


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower().split("[")[0]


def test_the_demo_asks_for_no_test_tool_and_the_tests_add_them() -> None:
    assert not {"pytest", "ruff", "mypy", "playwright"} & set(pins("portal", "demo"))
    assert "tools" not in {layer for command in ("demo", "manage", "services") for layer in layers_for(command)}
    assert [command for command in ("test", "lint", "bench") if "tools" not in layers_for(command)] == []


def test_node_is_installed_only_on_a_machine_without_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert layers_for("demo") == ["portal", "demo", "node"]
    assert "node" not in layers_for("lint")
    for name in ("node", "npm"):
        (tmp_path / name).touch(0o755)
    assert layers_for("demo") == ["portal", "demo"]


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[list[list[str]]]:
    """An empty environment of its own; gives the layers of each installation."""
    runs: list[list[str]] = []
    monkeypatch.setattr(environment, "VENV", tmp_path / "venv")
    monkeypatch.setattr(environment, "PYTHON", tmp_path / "venv" / "bin" / "python")
    monkeypatch.setattr(environment, "DATA", tmp_path)
    monkeypatch.setattr(environment, "system_npm", lambda: True)
    monkeypatch.setattr(environment, "install", lambda locks: runs.append(list(locks)))
    return runs


def test_demo_and_test_in_turn_install_each_layer_once(installed: list[list[str]]) -> None:
    for command in ("demo", "test", "demo", "lint", "manage", "test"):
        ensure(command)
    assert installed == [["portal", "demo"], ["tools"]]


def test_a_changed_lock_is_installed_alone(installed: list[list[str]]) -> None:
    ensure("test")
    stamp_of("tools").write_text("of another lock")
    ensure("demo")
    ensure("test")
    assert installed == [["portal", "demo", "tools"], ["tools"]]


def test_the_environment_of_an_older_build_is_kept_and_brought_in_line(installed: list[list[str]]) -> None:
    older = environment.PYTHON
    older.parent.mkdir(parents=True)
    older.touch()
    (environment.VENV / "fanbu-stamp").write_text("of the one lock of an older build")
    ensure("demo")
    ensure("demo")
    assert (installed, older.read_bytes()) == ([["portal", "demo"]], b"")


PIP = """
import sys
print("Collecting amqp==5 (from -r lock)")
print("  Downloading amqp-5.whl (1 kB)")
print("WARNING: Running pip as the 'root' user", file=sys.stderr)
if {failing}:
    print("ERROR: No matching distribution found for amqp==5", file=sys.stderr)
    raise SystemExit(1)
"""


def pip_that(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, *, failing: bool) -> None:
    script = tmp_path / "pip.py"
    script.write_text(PIP.format(failing=failing))
    monkeypatch.setattr(environment, "pip", lambda: [sys.executable, str(script)])
    monkeypatch.setattr(environment, "DATA", tmp_path)


def test_what_pip_says_is_not_shown_when_it_works(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pip_that(monkeypatch, tmp_path, failing=False)
    install({"portal": "amqp==5 \\\n    --hash=sha256:aa\n"})
    told = capsys.readouterr()
    assert (told.out, told.err) == ("", "· Python packages (portal): 1, checked against their hashes\n")


def test_a_failing_pip_is_said_plainly_with_its_own_words(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    pip_that(monkeypatch, tmp_path, failing=True)
    with pytest.raises(Trouble, match="Is there a network, or a mirror") as trouble:
        install({"portal": "amqp==5 \\\n    --hash=sha256:aa\n"})
    assert "ERROR: No matching distribution found for amqp==5" in str(trouble.value)
    assert "Collecting" not in str(trouble.value)


def test_packages_are_counted_as_they_arrive(capsys: pytest.CaptureFixture[str]) -> None:
    arriving = "for n in range(45): print(f'Collecting p{n}==1')"
    assert environment.watched([sys.executable, "-c", arriving], 45) == (0, "")
    assert capsys.readouterr().err == "  20 / 45\n  40 / 45\n"


def test_a_failing_npm_is_said_plainly_with_its_own_words(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(packages, "PROJECT", tmp_path)
    monkeypatch.setattr(packages, "DATA", tmp_path)
    monkeypatch.setattr(packages, "digest_of", lambda paths: "wanted")
    (tmp_path / "npm").write_text("#!/bin/sh\necho 'npm error network unreachable'\nexit 1\n")
    for name in ("npm", "node"):
        (tmp_path / name).touch()
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(Trouble, match="npm could not fetch the front-end packages") as trouble:
        packages.fetch_packages()
    assert "network unreachable" in str(trouble.value)


def test_without_a_pip_of_any_kind_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "machine_pip", tuple)
    monkeypatch.setattr(environment.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(Trouble, match="python3-pip"):
        environment.create()


def test_the_version_of_the_machines_pip_is_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    machine = tmp_path / "python"
    monkeypatch.setattr(environment.sys, "executable", str(machine))
    for said, version in (("pip 23.0.1 from /usr/lib (python 3.11)", (23, 0)), ("No module named pip", ())):
        machine.write_text(f"#!/bin/sh\necho '{said}'\n")
        machine.chmod(0o755)
        assert machine_pip() == version
