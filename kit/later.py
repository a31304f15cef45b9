"""A large library that few processes need, loaded when it is first asked for something: the import stays at the top of
the file.
"""

from importlib import import_module
from typing import Any


class Later:
    """Stands for a module. Several threads may ask at once: Python's own import lock lets one of them load it."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        return getattr(import_module(self._name), attribute)
