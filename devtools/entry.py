"""From the machine's own Python into `.venv`. Standard library only."""

import os
import platform
import sys
from concurrent.futures import ThreadPoolExecutor

from devtools.environment import OLDEST, PYTHON, WITH_FRONT_END, ensure, system_npm
from devtools.folders import Trouble
from devtools.packages import fetch_packages


def enter(command: str, arguments: list[str]) -> None:
    """Prepare what the command needs where it is missing and continue this very process inside `.venv`.

    The machine's npm works while pip does; the tests fetch packages only where they find a browser.
    """
    if sys.version_info < OLDEST:
        raise Trouble(f"Python {OLDEST[0]}.{OLDEST[1]} or newer is needed; this is {platform.python_version()}.")
    with ThreadPoolExecutor(1) as beside:
        fetching = (
            [beside.submit(fetch_packages)] if command in WITH_FRONT_END and command != "test" and system_npm() else []
        )
        ensure(command)
        for fetched in fetching:
            fetched.result()
    os.environ["PYTHONUTF8"] = "1"  # whatever the terminal's locale, files and pipes are UTF-8
    os.execv(PYTHON, [str(PYTHON), "-m", "devtools", *arguments])
