#!/bin/sh
# Runs once, when the database is made. The owner migrates and loads; the application role may only read and write
# rows, so that a fault in a service can neither change the schema nor drop a guard. Neither is a superuser.
set -eu
psql -v ON_ERROR_STOP=1 --no-psqlrc --quiet --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" \
  -v owner_password="$(cat /run/secrets/postgres_owner_password)" \
  -v app_password="$(cat /run/secrets/postgres_app_password)" <<'SQL'
CREATE ROLE farewire_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE farewire_app LOGIN PASSWORD :'app_password';
ALTER DATABASE :"DBNAME" OWNER TO farewire_owner;
REVOKE ALL ON DATABASE :"DBNAME" FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE :"DBNAME" TO farewire_app;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA public TO farewire_owner;
GRANT USAGE ON SCHEMA public TO farewire_app;
ALTER DEFAULT PRIVILEGES FOR ROLE farewire_owner IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO farewire_app;
ALTER DEFAULT PRIVILEGES FOR ROLE farewire_owner IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO farewire_app;
ALTER DEFAULT PRIVILEGES FOR ROLE farewire_owner IN SCHEMA public GRANT EXECUTE ON FUNCTIONS TO farewire_app;
SQL
