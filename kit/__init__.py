"""Helpers with no model and no request: numbers, names, encryption, masking, working days, money, workbooks."""
