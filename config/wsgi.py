"""What gunicorn runs. Every page is loaded before the first request and, with --preload, once for all processes."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from kit.fast.memory import collect_seldom

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()
get_resolver().url_patterns  # noqa: B018 - reading them is what loads the pages
collect_seldom()
