from reports.models.exports import Export
from reports.models.tallies import Tally, Touched, YearTally

__all__ = ["Export", "Tally", "Touched", "YearTally"]
