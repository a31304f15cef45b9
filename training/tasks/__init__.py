"""The tasks of CLASSES; importing this package registers them all."""

from training.tasks import checks, roster

__all__ = ["checks", "roster"]
