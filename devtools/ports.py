"""Ports on this machine: is one free, give a free one. Standard library only."""

import socket
from pathlib import Path

from devtools.folders import Trouble

HOST = "127.0.0.1"


def free(port: int) -> bool:
    """Tell whether a server can listen on this port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def refuse_taken(port: int) -> None:
    """Say so before anything heavy happens when the web could not listen."""
    if not free(port):
        raise Trouble(
            f"Port {port} is taken on this machine (or not allowed). Is a demo running already? "
            f"Choose another one: ./dev demo --port {port + 1 if port < 65_535 else 8000}"
        )


def lasting_port(note: Path) -> int:
    """Give a free port, the same as last time where possible; written down for ./dev manage."""
    if note.exists() and note.read_text().isdecimal() and free(int(note.read_text())):
        return int(note.read_text())
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        chosen = int(probe.getsockname()[1])
    note.write_text(str(chosen))
    return chosen
