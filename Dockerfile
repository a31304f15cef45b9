# The production image: the portal without any test tool, embedded server or demo account.
FROM node:24-slim AS frontend
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --no-audit --no-fund

FROM python:3.11-slim AS python
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/venv
COPY requirements.txt .
RUN /opt/venv/bin/pip install --require-hashes -r requirements.txt

FROM python:3.11-slim
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=config.settings FANBU_MODE=production \
    FANBU_STATIC_ROOT=/srv/static FANBU_MEDIA=/srv/media
# PostgreSQL’s own client of the server’s version, for `manage.py backup` and `restore`.
RUN apt-get update && apt-get install -y --no-install-recommends postgresql-common ca-certificates \
    && /usr/share/postgresql-common/pgdg/apt.postgresql.org.sh -y \
    && apt-get install -y --no-install-recommends postgresql-client-18 \
    && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 10001 --home-dir /srv --shell /usr/sbin/nologin fanbu \
    && mkdir -p /srv/fanbu /srv/static /srv/media /srv/beat \
    && chown fanbu:fanbu /srv/media /srv/beat
WORKDIR /srv/fanbu
COPY --from=python /opt/venv /opt/venv
COPY . .
COPY --from=frontend /build/node_modules ./node_modules
# Keys of the build only: they are in no layer's environment and sign nothing that lasts.
RUN python deploy/compile_translations.py \
    && FANBU_SECRET_KEY="$(python -c 'import secrets; print(secrets.token_urlsafe(60))')" \
       FANBU_FIELD_KEYS="1:$(python -c 'import secrets; print(secrets.token_hex(32))')" \
       FANBU_INDEX_KEY="$(python -c 'import secrets; print(secrets.token_hex(32))')" \
       REGISTRY_SECRET="$(python -c 'import secrets; print(secrets.token_hex(32))')" \
       DATABASE_URL=postgresql:///none REGISTRY_URL=http://none \
       python manage.py collectstatic --no-input -v 0 \
    && rm -rf node_modules
USER fanbu
EXPOSE 8000
VOLUME ["/srv/media", "/srv/beat"]
ENTRYPOINT ["/srv/fanbu/deploy/entrypoint.sh"]
CMD ["web"]
