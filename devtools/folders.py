"""Say where things lie: one data folder per purpose (demo, test, bench), and folders short enough for sockets."""

import hashlib
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
DATA = PROJECT / ".dev"
LONGEST_SOCKET_PATH = 100  # the kernel allows 107 bytes with the closing zero; macOS 103
MARK = hashlib.sha256(str(PROJECT).encode()).hexdigest()[:10]


class Trouble(Exception):
    """A plain sentence for the person at the keyboard: printed without a traceback, exit code 2."""


def own_folder(path: Path) -> Path:
    """Make a folder in a shared place (/tmp, /var/tmp) that only we and root may enter; refuse a stranger's."""
    path.mkdir(mode=0o700, exist_ok=True)
    state = path.lstat()
    if path.is_symlink() or state.st_uid != os.getuid():
        raise Trouble(f"{path} belongs to somebody else. Remove it, or set DATABASE_URL and REDIS_URL.")
    return path


@dataclass(frozen=True)
class Place:
    """The data folder of one purpose. Everything in it may be deleted; `./dev demo --fresh` does just that."""

    purpose: str

    @property
    def base(self) -> Path:
        return DATA / self.purpose

    def folder(self, *names: str) -> Path:
        """Give a folder below the data folder, made when missing."""
        path = self.base.joinpath(*names)
        path.mkdir(parents=True, exist_ok=True)
        return path

    def log(self, name: str) -> Path:
        return self.folder("log") / f"{name}.log"

    def database_base(self) -> Path:
        """Give the database's folder: root's lies under /var/tmp, because the server runs as `nobody` there."""
        return Path(f"/var/tmp/fanbu-{MARK}") / self.purpose if os.getuid() == 0 else self.base / "postgres"

    def sockets(self) -> Path:
        """Give a folder for sockets whose path stays short enough whatever the checkout's depth."""
        near = self.base / "run"
        if len(str(near / "valkey.sock").encode()) < LONGEST_SOCKET_PATH:
            near.mkdir(parents=True, exist_ok=True)
            return near
        return own_folder(Path(f"/tmp/fanbu-{os.getuid()}-{MARK}-{self.purpose}"))

    def forget(self) -> None:
        """Delete everything of this purpose, the database included."""
        shutil.rmtree(self.database_base(), ignore_errors=True)
        shutil.rmtree(self.base, ignore_errors=True)
