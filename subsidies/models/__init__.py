from subsidies.models.claims import Objection, Publicity, Subsidy, SubsidyLine
from subsidies.models.payments import BankCorrection, Budget, Payment, PaymentBatch, PaymentPart
from subsidies.models.standards import Standard

__all__ = [
    "BankCorrection",
    "Budget",
    "Objection",
    "Payment",
    "PaymentBatch",
    "PaymentPart",
    "Publicity",
    "Standard",
    "Subsidy",
    "SubsidyLine",
]
