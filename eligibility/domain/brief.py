"""One kept judgement as pages read it: verdict, checks, remarks, the result of one check (R-ELG-2, R-SEC-1)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F, Func, IntegerField, JSONField, Value
from django.db.models.functions import JSONObject

from accounts.models import Membership
from eligibility.domain.descriptions import IDENTITY, names_agree
from eligibility.domain.kept import read
from eligibility.engine import AGAINST
from eligibility.engine.judgement import Result
from eligibility.enums import Verdict
from eligibility.models import Examination

# What the words of a result are made from beside what it keeps itself.
HEAD = ("table", "category", "first_day", "last_day")


@dataclass(frozen=True)
class Brief:
    """What is read of one judgement: `verdict`, and `kept`, the JSON of the examination, whole (`of`) or as a page of a
    whole class reads it (`brief_json`). Of somebody not examined yet the empty one.
    """

    verdict: str = Verdict.NONE
    kept: Mapping[str, Any] = field(default_factory=lambda: {"results": []})

    @classmethod
    def of(cls, examination: Examination | None) -> Brief:
        """All that an examination keeps."""
        return cls(examination.verdict, examination.results) if examination else cls()

    @property
    def checks(self) -> int:
        """How many checks were made, however many are read."""
        return int(self.kept.get("checks", len(self.kept["results"])))

    @property
    def instead(self) -> Sequence[Mapping[str, Any]]:
        """Other categories that may fit: `category`, `verdict`, `because`."""
        return self.kept.get("instead") or ()

    def results(self) -> list[Result]:
        return read(self.kept["results"], self.kept)

    def remarks(self) -> list[Result]:
        """Those of the results that failed or are open, overruled ones among them."""
        return self._chosen(lambda item: item["outcome"] in AGAINST)

    def result(self, code: str) -> list[Result]:
        """The result of one check, if it was made and read."""
        return self._chosen(lambda item: item["code"] == code)

    @property
    def is_hidden(self) -> bool:
        """Whether a unit reads nothing of it, since name and number have not been found to agree (R-SEC-1)."""
        return not names_agree(self.result(IDENTITY))

    def is_hidden_from(self, membership: Membership) -> bool:
        """The same for one reader: an office reads every judgement."""
        return membership.is_unit and self.is_hidden

    def verdict_shown(self, *, office: bool) -> str:
        """The verdict as its reader may know it: to a unit the same of everybody whose name and number do not agree
        yet.
        """
        return self.verdict if office or not self.is_hidden else Verdict.NEEDS_VERIFICATION

    def _chosen(self, wanted: Callable[[Mapping[str, Any]], bool]) -> list[Result]:
        return read(filter(wanted, self.kept["results"]), self.kept)


def brief_json(path: str, *codes: str) -> JSONObject:
    """`Brief.kept` as part of a query, for a page of a whole class, where `path` leads to the examinations (P7): how
    many checks there were, those that are no pass, tell of something after the class or have one of these codes, an
    identity that passed without a fact, and which categories may fit instead. The passes are hundreds.
    """
    wanted = " || ".join(
        [
            '@.outcome != "pass"',
            "exists(@.after)",
            f'(@.code == "{IDENTITY}" && @.evidence.size() == 0)',
            *(f'@.code == "{code}"' for code in codes),
        ]
    )
    return JSONObject(
        checks=Func(F(f"{path}__results__results"), function="jsonb_array_length", output_field=IntegerField()),
        results=Func(
            F(f"{path}__results"),
            Value(f"$.results[*] ? ({wanted})"),
            function="jsonb_path_query_array",
            output_field=JSONField(),
        ),
        instead=F(f"{path}__results__instead"),
        **{name: F(f"{path}__results__{name}") for name in HEAD},
    )
