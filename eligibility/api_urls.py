"""Addresses of 协查, of people and their corrections below /api/v1/."""

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from eligibility import api

router = SimpleRouter(use_regex_path=False)
router.register("corrections", api.CorrectionViewSet, "api_correction")

urlpatterns = [
    path("", include(router.urls)),
    path("people/search/", api.PeopleView.as_view(), name="api_people"),
    path("people/<id:pk>/corrections/", api.PersonCorrectionsView.as_view(), name="api_person_corrections"),
    path("checked/<slug:kind>/<id:pk>/", api.EvidenceView.as_view(), name="api_evidence"),
    path("checked/<slug:kind>/<id:pk>/corrections/", api.EntryCorrectionsView.as_view(), name="api_entry_corrections"),
    path("checked/<slug:kind>/<id:pk>/recognition/", api.RecognitionView.as_view(), name="api_recognition"),
    path("registries/", api.RegistriesView.as_view(), name="api_registries"),
    path("registries/modes/", api.RegistryModesView.as_view(), name="api_registry_modes"),
    path("overrulings/", api.OverruledView.as_view(), name="api_overruled"),
    path("assistances/asked/", api.AskedView.as_view(), name="api_asked"),
    path("assistances/asked/answers/", api.AskedAnswersView.as_view(), name="api_asked_answers"),
    path("assistances/", api.WaitingView.as_view(), name="api_waiting"),
    path("assistances/answers/", api.AnswersView.as_view(), name="api_assistance_answers"),
    path("assistances/sheets/", api.SheetsView.as_view(), name="api_assistance_sheets"),
    path("assistances/letters/", api.LettersView.as_view(), name="api_letters"),
    path("assistances/letters/<id:pk>/sheet/", api.LetterSheetView.as_view(), name="api_letter_sheet"),
]
