from eligibility.models.checks import Assistance, Examination, RegistryAnswer
from eligibility.models.people import Person

__all__ = ["Assistance", "Examination", "Person", "RegistryAnswer"]
