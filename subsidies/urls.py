"""Addresses of MONEY."""

from django.urls import path

from subsidies.views import claims, payments

urlpatterns = [
    path("classes/<int:pk>/subsidy/", claims.class_subsidy, name="class_subsidy"),
    path("classes/<int:pk>/subsidy/new/", claims.subsidy_new, name="subsidy_new"),
    path("money/lines/<int:pk>/", claims.line, name="subsidy_line"),
    path("money/lines/<int:pk>/refuse/", claims.line_refuse, name="subsidy_line_refuse"),
    path("money/objections/<int:pk>/answer/", claims.objection_answer, name="objection_answer"),
    path("money/payables/", payments.payables, name="payables"),
    path("money/batches/", payments.batches, name="batches"),
    path("money/batches/new/", payments.batch_new, name="batch_new"),
    path("money/batches/<int:pk>/file/", payments.bank_file, name="batch_file"),
    path("money/batches/<int:pk>/result/", payments.bank_result, name="batch_result"),
    path("money/budgets/", payments.budgets, name="budgets"),
    path("public/publicity/", claims.publicities, name="publicities"),
    path("public/publicity/<int:pk>/", claims.publicity, name="publicity"),
    path("public/standards/", payments.standards, name="standards"),
]
