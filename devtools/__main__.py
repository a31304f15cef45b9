"""The second half of ./dev, inside `.venv`: run the chosen command."""

import argparse
import os
import shlex
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from devtools.arguments import read
from devtools.demo import Demo, fresh, prepare
from devtools.environment import locked, say
from devtools.folders import DATA, PROJECT, Place, Trouble
from devtools.frontend import compile_translations
from devtools.packages import fetch_packages
from devtools.ports import HOST
from devtools.supervise import foreground
from devtools.surroundings import NoServices, Services, settings_environment

PYTHON = sys.executable
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MOST_PROCESSES = 4  # each has two of the sixteen databases of an ordinary Valkey, and a gigabyte of browsers and tables
ALONE = ("-n", "--numprocesses", "--dist", "--pdb", "--trace", "-s", "--capture=no", "--co", "--fixtures", "--markers")
LINTERS = (
    ("ruff", "check", "."),
    ("ruff", "format", "--check", "--quiet", "."),
    ("djlint", "--lint", "--quiet", "templates"),
    ("mypy",),
)


def demo(options: argparse.Namespace) -> int:
    """Run the demo until it is asked to stop; one at a time in a checkout."""
    place = Place("demo")
    with locked(DATA / "demo.lock", None) as alone:
        if not alone:
            raise Trouble("The demo of this checkout runs already. Stop it first (Ctrl-C in its window).")
        if options.fresh:
            say("· deleting the demo’s data")
            fresh(place)
        return Demo(place, options.port).run()


def test(options: argparse.Namespace) -> int:
    """Run pytest; gives its exit code. `--fast`: without a server."""
    place = Place("test")
    command = [PYTHON, "-m", "pytest", *spread(options.rest), *options.rest]
    if "--fast" in options.rest:
        compile_translations()
        return foreground(command, settings_environment(place, NoServices()))
    with locked(DATA / "test.lock", "Another ./dev test runs in this checkout; waiting for it …"):
        compile_translations()
        chromium = find_chromium()
        services = Services(place)
        try:
            services.start()
            environment = settings_environment(place, services)
            environment |= {"FANBU_CHROMIUM": chromium} if chromium else {}
            return foreground(command, environment)
        finally:
            services.stop()


def spread(rest: list[str]) -> list[str]:
    """Give pytest's options for one process a core. Files named one by one, a choice of one's own (`-n 0`) and a
    debugger stay in a single process.
    """
    paths = [path for path in (Path(word.split("::")[0]) for word in rest if not word.startswith("-")) if path.exists()]
    single = any(word.startswith(ALONE) for word in rest) or (paths and not any(path.is_dir() for path in paths))
    cores = min(
        len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1, MOST_PROCESSES
    )
    return [] if single or cores < 2 else ["-n", str(cores), "--dist", "loadfile", "--no-loadscope-reorder"]


def find_chromium() -> str | None:
    """Find a browser for the journeys, with the page's packages; without one a line says that they are left out."""
    chosen = [os.environ.get("FANBU_CHROMIUM"), *(shutil.which(name) for name in CHROMIUMS)]
    found = next((path for path in chosen if path), None)
    if found is None:
        say("! no Chromium on this machine: the browser journeys are skipped")
        return None
    say(f"· Chromium for the browser journeys: {found}")
    try:
        fetch_packages()
    except Trouble as trouble:
        say(f"! {trouble} The journeys run without styles and scripts.")
    return found


def bench(options: argparse.Namespace) -> int:
    """Measure on a data folder of its own, with the demo's settings."""
    place = Place("bench")
    with locked(DATA / "bench.lock", "Another ./dev bench runs in this checkout; waiting for it …"):
        services = Services(place)
        try:
            environment = prepare(place, services)
            return foreground([PYTHON, "manage.py", "bench", *options.rest], environment)
        finally:
            services.stop()


def lint(options: argparse.Namespace) -> int:
    """Run every linter, also after one has complained."""
    worst = 0
    for name, *arguments in LINTERS:
        say(f"· {name} {' '.join(arguments)}")
        worst |= foreground([PYTHON, "-m", name, *arguments], dict(os.environ))
    return 1 if worst else 0


def manage(options: argparse.Namespace) -> int:
    """Run manage.py with the demo's settings; services that do not run are started for as long as it takes."""
    place = Place("demo")
    services = Services(place)
    try:
        services.start()
        environment = settings_environment(place, services)
        note = place.base / "registries.port"
        if note.exists():
            environment.setdefault("REGISTRY_URL", f"http://{HOST}:{note.read_text()}")
        return foreground([PYTHON, "manage.py", *options.rest], environment)
    finally:
        services.stop()


def services(options: argparse.Namespace) -> int:
    """Start the test servers, leave them running and print the exports for a shell; `--stop` ends them."""
    place = Place("test")
    both = Services(place)
    if options.stop:
        both.stop_embedded()
        return 0
    both.start(keep=True)
    wanted = both.environment() | {"FANBU_MODE": "test", "DJANGO_SETTINGS_MODULE": "config.settings"}
    for name, value in wanted.items():
        print(f"export {name}={shlex.quote(value)}")
    return 0


COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "demo": demo,
    "test": test,
    "bench": bench,
    "lint": lint,
    "manage": manage,
    "services": services,
}


def main() -> int:
    os.chdir(PROJECT)
    try:
        options = read(sys.argv[1:])
        return COMMANDS[options.command](options)
    except Trouble as trouble:
        say(f"✗ {trouble}")
        return 2
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
