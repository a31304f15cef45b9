"""Addresses of MONEY below /api/v1/."""

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from subsidies.api import claims, payments, publicity

router = SimpleRouter(use_regex_path=False)
router.register("subsidies", claims.SubsidyViewSet, "api_subsidy")
router.register("batches", payments.BatchViewSet, "api_batch")

urlpatterns = [
    path("", include(router.urls)),
    path("classes/<id:pk>/subsidy/", claims.ClassSubsidyView.as_view(), name="api_class_subsidy"),
    path("lines/<id:pk>/", claims.LineView.as_view(), name="api_line"),
    path("lines/<id:pk>/refuse/", claims.LineRefusalView.as_view(), name="api_line_refuse"),
    path("lines/<id:pk>/restore/", claims.LineRestoreView.as_view(), name="api_line_restore"),
    path("payables/", payments.PayablesView.as_view(), name="api_payables"),
    path("payments/<id:pk>/corrections/", payments.CorrectionsView.as_view(), name="api_payment_corrections"),
    path("corrections/<id:pk>/answer/", payments.CorrectionAnswerView.as_view(), name="api_correction_answer"),
    path("budgets/", payments.BudgetsView.as_view(), name="api_budgets"),
    path("publicities/", publicity.PublicitiesView.as_view(), name="api_publicities"),
    path("publicities/<id:pk>/", publicity.PublicityView.as_view(), name="api_publicity"),
    path("publicities/<id:pk>/objections/", publicity.ObjectView.as_view(), name="api_object"),
    path("objections/", publicity.ObjectionsView.as_view(), name="api_objections"),
    path("objections/<id:pk>/answer/", publicity.ObjectionAnswerView.as_view(), name="api_objection_answer"),
]
