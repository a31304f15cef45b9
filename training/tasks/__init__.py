"""The tasks of CLASSES; importing this package registers them all."""

from training.tasks import checks, prechecks, roster, watch, whatif

__all__ = ["checks", "prechecks", "roster", "watch", "whatif"]
