from subsidies.models.claims import Objection, Publicity, Subsidy, SubsidyLine
from subsidies.models.payments import Budget, Payment, PaymentBatch
from subsidies.models.standards import Standard

__all__ = ["Budget", "Objection", "Payment", "PaymentBatch", "Publicity", "Standard", "Subsidy", "SubsidyLine"]
