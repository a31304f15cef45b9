"""What ./dev understands. Read twice: by `dev` itself before anything is installed, and again inside `.venv`."""

import argparse

HELP = """\
./dev demo [--port N] [--fresh]   the portal with demo data, on http://127.0.0.1:8000/ (Ctrl-C stops everything)
./dev test [pytest arguments]     all tests, a process and a database a core; --fast: without server and browser
./dev bench [arguments]           measure this machine (manage.py bench), on a database of its own
./dev lint                        ruff, djlint, mypy
./dev manage …                    manage.py with the demo's settings and services
./dev help                        this text

Packages are installed in .venv when a command first needs them; the test tools with the first test, bench or lint.
Data lie in .dev/ (root's PostgreSQL: under /var/tmp). With DATABASE_URL and REDIS_URL in the environment
outside servers are used in the place of the embedded ones."""
PASSING_ON = ("test", "bench", "lint", "manage")


def parser() -> argparse.ArgumentParser:
    """Only `demo` and `services` have options of their own."""
    top = argparse.ArgumentParser(prog="./dev", usage="./dev help")
    commands = top.add_subparsers(dest="command", required=True, metavar="command", prog="./dev")
    demo = commands.add_parser("demo", usage="./dev demo [--port N] [--fresh]")
    demo.add_argument("--port", type=port, default=8000)
    demo.add_argument("--fresh", action="store_true", help="delete the demo's data and start over")
    services = commands.add_parser("services", help="start (or stop) the test servers and leave them running")
    services.add_argument("--stop", action="store_true")
    return top


def port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65_535:
        raise argparse.ArgumentTypeError("a port is a number from 1 to 65535")
    return int(text)


def read(arguments: list[str]) -> argparse.Namespace:
    """Read the command line: `command`, its own options, and in `rest` what is passed on unread."""
    if not arguments or arguments[0] in {"help", "--help", "-h"}:
        return argparse.Namespace(command="help", rest=[])
    if arguments[0] in PASSING_ON:
        return argparse.Namespace(command=arguments[0], rest=arguments[1:])
    return parser().parse_args(arguments)
