"""Property tests without clock and without chance, so that a red run is red again."""

from hypothesis import settings

settings.register_profile("fanbu", deadline=None, derandomize=True, database=None)
settings.load_profile("fanbu")
