#!/bin/sh
# Run once by the postgres image on an empty volume. Two roles: the owner migrates; the portal only reads and writes
# rows. So the portal cannot drop the triggers that seal the audit trail, nor truncate or alter any table.
set -eu
psql -v ON_ERROR_STOP=1 -v password="$FANBU_DB_PASSWORD" --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<'SQL'
CREATE ROLE fanbu LOGIN PASSWORD :'password';
GRANT CONNECT ON DATABASE fanbu TO fanbu;
GRANT USAGE ON SCHEMA public TO fanbu;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO fanbu;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO fanbu;
SQL
