"""Addresses of MONEY."""

from django.urls import path

from subsidies.views import claims, corrections, papers, payments, public

urlpatterns = [
    path("classes/<id:pk>/subsidy/", claims.class_subsidy, name="class_subsidy"),
    path("classes/<id:pk>/subsidy/new/", claims.subsidy_new, name="subsidy_new"),
    path("money/claims/<id:pk>/approval/", papers.approval, name="subsidy_approval"),
    path("money/lines/<id:pk>/", claims.line, name="subsidy_line"),
    path("money/lines/<id:pk>/refuse/", claims.line_refuse, name="subsidy_line_refuse"),
    path("money/lines/<id:pk>/restore/", claims.line_restore, name="subsidy_line_restore"),
    path("money/objections/<id:pk>/answer/", claims.objection_answer, name="objection_answer"),
    path("money/payables/", payments.payables, name="payables"),
    path("money/batches/", payments.batches, name="batches"),
    path("money/batches/new/", payments.batch_new, name="batch_new"),
    path("money/batches/<id:pk>/file/", payments.batch_file, name="batch_file"),
    path("money/batches/<id:pk>/template/", payments.batch_template, name="batch_template"),
    path("money/batches/<id:pk>/result/", payments.batch_result, name="batch_result"),
    path("money/payments/<id:pk>/correct/", corrections.correction_new, name="bank_correction_new"),
    path("money/corrections/<id:pk>/answer/", corrections.correction_answer, name="bank_correction_answer"),
    path("money/budgets/", payments.budgets, name="budgets"),
    path("public/publicity/", public.publicities, name="publicities"),
    path("public/publicity/<id:pk>/", public.publicity, name="publicity"),
    path("public/publicity/<id:pk>/filed/<str:mark>/", public.objection_filed, name="objection_filed"),
    path("public/standards/", public.standards, name="standards"),
]
