from eligibility.models.checks import Assistance, Examination, RegistryAnswer
from eligibility.models.people import Person
from eligibility.models.registries import Connection, Exchange

__all__ = ["Assistance", "Connection", "Examination", "Exchange", "Person", "RegistryAnswer"]
