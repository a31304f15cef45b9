"""The fast path: what the database is asked and given by other ways than Django's own. README.md says what for."""
