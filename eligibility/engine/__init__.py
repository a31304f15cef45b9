"""The heart of eligibility: facts and a rule table in, a judgement out; no framework, no clock, no I/O
(R-ELG-1 … 4).
"""

from eligibility.engine.facts import CONFIRMED, REFUTED, Facts, Recognition, Subject, Vouched
from eligibility.engine.judge import judge
from eligibility.engine.judgement import Judgement, Result, verdict_of
from eligibility.engine.model import (
    AGAINST,
    ELIGIBLE,
    FAIL,
    FIRST_DAY,
    INELIGIBLE,
    NEEDS_VERIFICATION,
    NOT_ASKED,
    PASS,
    THROUGH_CLASS,
    UNKNOWN,
    Category,
    Check,
    RuleTable,
    UnknownCategory,
)
from eligibility.engine.questions import (
    Paper,
    Registries,
    Suggestion,
    categories,
    columns_for,
    documents_for,
    other_categories,
    registries_needed,
)
from eligibility.engine.records import REGISTRIES, Record, RecordError, parse_record, read_answer
from eligibility.engine.text import Text

__all__ = [
    "AGAINST",
    "CONFIRMED",
    "ELIGIBLE",
    "FAIL",
    "FIRST_DAY",
    "INELIGIBLE",
    "NEEDS_VERIFICATION",
    "NOT_ASKED",
    "PASS",
    "REFUTED",
    "REGISTRIES",
    "THROUGH_CLASS",
    "UNKNOWN",
    "Category",
    "Check",
    "Facts",
    "Judgement",
    "Paper",
    "Recognition",
    "Record",
    "RecordError",
    "Registries",
    "Result",
    "RuleTable",
    "Subject",
    "Suggestion",
    "Text",
    "UnknownCategory",
    "Vouched",
    "categories",
    "columns_for",
    "documents_for",
    "judge",
    "other_categories",
    "parse_record",
    "read_answer",
    "registries_needed",
    "verdict_of",
]
