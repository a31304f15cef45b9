"""Asks the outside registries about people and enterprises: in batches, signed, within limits (R-ELG-1, R-ELG-6)."""
