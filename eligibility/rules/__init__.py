"""The dated rule tables: one module per section of the notice, one line a check, its clause beside it (R-ELG-4)."""
