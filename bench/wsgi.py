"""The portal with the minimal page beside it, for measuring requests a second under gunicorn."""

from django.conf import settings
from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
settings.ROOT_URLCONF = "bench.minimal"
