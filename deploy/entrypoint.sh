#!/bin/sh
# One image, several parts: which one is the first argument; anything else goes to manage.py.
set -eu
cd /srv/fanbu

case "${1:-web}" in
web)
    export PROMETHEUS_MULTIPROC_DIR=/tmp/metrics
    exec gunicorn config.wsgi:application --bind "${WEB_BIND:-0.0.0.0:8000}" --worker-class gthread --preload \
        --workers "${WEB_PROCESSES:-2}" --threads "${WEB_THREADS:-4}" --timeout 60 --graceful-timeout 30 \
        --max-requests 5000 --max-requests-jitter 500 --no-control-socket --worker-tmp-dir /dev/shm --access-logfile - \
        --access-logformat '%(t)s %({x-request-id}o)s %(m)s %(U)s %(s)s %(B)s bytes %(M)s ms'
    ;;
worker | worker-interactive)
    # acks_late: a job whose worker dies is taken up again; shutdown waits for the job under way. The second one takes no
    # large check, no export and nothing of the night: somebody who waits at a screen is served meanwhile.
    queues=interactive,checks,exports,nightly processes=2
    if [ "$1" = worker-interactive ]; then queues=interactive processes=1; fi
    exec celery -A config.celery worker -Q "${WORKER_QUEUES:-$queues}" -c "${WORKER_PROCESSES:-$processes}" \
        -n "$1@$(hostname)" -l INFO --without-gossip --without-mingle
    ;;
beat)
    # Exactly one of these. No pid file: a stale one would keep it from starting.
    exec celery -A beat.app beat -l INFO --pidfile= -s /srv/beat/schedule
    ;;
healthy-web)
    exec python -c "import http.client as h; c = h.HTTPConnection('127.0.0.1', 8000, timeout=5); c.request('GET', '/healthz', headers={'Host': 'localhost'}); raise SystemExit(c.getresponse().status != 200)"
    ;;
healthy-worker)
    exec celery -A config.celery inspect ping -d "${2:-worker}@$(hostname)" --timeout 10
    ;;
*)
    exec python manage.py "$@"
    ;;
esac
