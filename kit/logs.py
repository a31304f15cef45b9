"""Lines of the log: each with the number of its request, none with personal data (R-SEC-1).

What the database says of a refused row (DETAIL, CONTEXT, the LINE of the statement) names the row's values, and numbers
of people, telephones and bank cards may stand in any sentence: neither leaves the process.
"""

import logging
import re
from contextvars import ContextVar
from typing import Any

from pythonjsonlogger.json import JsonFormatter

REQUEST: ContextVar[str] = ContextVar("request", default="")  # the number of the request or task under way
ROW_VALUES = re.compile(r"^(\s*(?:DETAIL|CONTEXT|QUERY|STATEMENT|LINE \d+)):.*$", re.MULTILINE)
NUMBERS = re.compile(r"(?<!\d)\d{11,19}(?:\d|[Xx])?(?!\d)")


def without_personal_data(text: str) -> str:
    """A log line's text with values of rows and long numbers left out."""
    return NUMBERS.sub("***", ROW_VALUES.sub(r"\1: ***", text))


class LineFormatter(logging.Formatter):
    """A line for people: time, level, request, logger, message."""

    def format(self, record: logging.LogRecord) -> str:
        record.request = REQUEST.get() or "-"
        return without_personal_data(super().format(record))


class JSONFormatter(JsonFormatter):
    """A line for machines, with the same members."""

    def add_fields(self, log_data: dict[str, Any], record: logging.LogRecord, message_dict: dict[str, Any]) -> None:
        super().add_fields(log_data, record, message_dict)
        log_data["request"] = REQUEST.get()

    def jsonify_log_record(self, record: dict[str, Any]) -> str:
        return super().jsonify_log_record(
            {key: without_personal_data(value) if isinstance(value, str) else value for key, value in record.items()}
        )
