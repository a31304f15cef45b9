"""python -m registry_simulator --port N [--host 127.0.0.1] [--data DIR] [--latency MS]."""

import argparse
import os
import secrets
import signal
import sys
import threading
from pathlib import Path

from registry_simulator.app import create_app
from registry_simulator.server import Server
from registry_simulator.signing import SKEW_SECONDS

HELP = """Environment: REGISTRY_KEY_ID and REGISTRY_SECRET (needed: the caller's key),
REGISTRY_CONTROL_TOKEN (the control address's token; one is made up and printed when it is not set)."""


def main() -> int:
    """Serve until SIGTERM or Ctrl-C."""
    parser = argparse.ArgumentParser(prog="registry_simulator", description=__doc__, epilog=HELP)
    parser.add_argument("--port", type=int, required=True, help="0 takes a free one; it is printed")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--data", type=Path, help="folder that keeps people loaded at run time")
    parser.add_argument("--latency", type=int, default=50, help="milliseconds a normal answer takes")
    parser.add_argument("--skew", type=int, default=SKEW_SECONDS, help="seconds the callers' clock may differ")
    args = parser.parse_args()
    key_id, secret = os.environ.get("REGISTRY_KEY_ID"), os.environ.get("REGISTRY_SECRET")
    if not key_id or not secret:
        sys.stderr.write("REGISTRY_KEY_ID and REGISTRY_SECRET must be set.\n")
        return 2
    token = os.environ.get("REGISTRY_CONTROL_TOKEN") or secrets.token_urlsafe(16)
    app = create_app(
        keys={key_id: secret}, control_token=token, data=args.data, latency_ms=args.latency, skew=args.skew
    )
    try:
        server = Server(args.host, args.port, app)
    except OSError as problem:
        sys.stderr.write(f"{args.host}:{args.port}: {problem.strerror or problem}\n")
        return 1
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: threading.Thread(target=server.shutdown, daemon=True).start())
    sys.stdout.write(f"registries on {server.url}, control page {server.url}/control\n")
    if "REGISTRY_CONTROL_TOKEN" not in os.environ:
        sys.stdout.write(f"control token: {token}\n")
    sys.stdout.flush()
    server.serve_forever(poll_interval=0.1)
    server.server_close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
