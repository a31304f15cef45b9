"""Registries nobody else uses, for the tests of this room."""

from tests.factories.eligibility import registries

__all__ = ["registries"]
