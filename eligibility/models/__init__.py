from eligibility.models.checks import Assistance, Examination, RegistryAnswer, Reminder
from eligibility.models.corrections import Correction
from eligibility.models.letters import Letter, LetterRow
from eligibility.models.overrulings import Overruling
from eligibility.models.people import Person
from eligibility.models.recognitions import Recognition
from eligibility.models.registries import Connection, Exchange

__all__ = [
    "Assistance",
    "Connection",
    "Correction",
    "Examination",
    "Exchange",
    "Letter",
    "LetterRow",
    "Overruling",
    "Person",
    "Recognition",
    "RegistryAnswer",
    "Reminder",
]
