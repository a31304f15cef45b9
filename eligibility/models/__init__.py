from eligibility.models.checks import Assistance, Examination, RegistryAnswer
from eligibility.models.letters import Letter, LetterRow
from eligibility.models.overrulings import Overruling
from eligibility.models.people import Person

__all__ = ["Assistance", "Examination", "Letter", "LetterRow", "Overruling", "Person", "RegistryAnswer"]
