"""`./dev test --fast` runs without a server: whatever needs one is left out."""

import re
import subprocess
import sys

from devtools.folders import PROJECT, Place
from devtools.surroundings import NoServices, settings_environment

WITHOUT, WITH = (
    "tests/kit/test_ids.py",
    ("tests/registries/test_limits.py", "tests/casework/test_moves_page.py", "tests/setup/test_valkey.py"),
)


def test_only_what_needs_no_server_is_run(place: Place) -> None:
    command = [sys.executable, "-m", "pytest", "--fast", "-v", "-p", "no:cacheprovider", WITHOUT, *WITH]
    surroundings = settings_environment(place, NoServices()) | {"FANBU_MODE": "test"}
    done = subprocess.run(command, cwd=PROJECT, env=surroundings, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert set(re.findall(r"^(tests/\S+?)::.* PASSED", done.stdout, re.MULTILINE)) == {WITHOUT}
    assert "deselected" in done.stdout
