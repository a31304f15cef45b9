"""Everything below /api/v1/: operations, the OpenAPI description and its page; unknown addresses answer a problem
too.
"""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from casework.api.unknown import UnknownView

urlpatterns = [
    path("", include("accounts.api_urls")),
    path("", include("casework.api_urls")),
    path("", include("eligibility.api_urls")),
    path("", include("training.api_urls")),
    path("", include("subsidies.api_urls")),
    path("", include("reports.api_urls")),
    path("schema/", SpectacularAPIView.as_view(), name="api_schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="api_schema"), name="api_docs"),
    path("<path:rest>", UnknownView.as_view(), name="api_unknown"),
]
