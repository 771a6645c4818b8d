#!/usr/bin/env bash
# Prepares a PostgreSQL database for silos: the tables and queries of Orleans' clustering, storage and reminders. What is there already stays.
# Usage: deploy/postgres/apply.sh [CONNECTION]    a psql connection string or URI; without it psql's own variables (PGHOST, PGUSER …) count.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export PGOPTIONS="${PGOPTIONS:-} -c client_min_messages=warning"
psql=(psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --dbname "${1:-${PGDATABASE:-postgres}}")

has() { [ "$("${psql[@]}" --tuples-only --no-align --command "SELECT to_regclass('$1') IS NOT NULL")" = t ]; }

# A script runs whole or not at all, so its first table tells whether it ran.
apply() {
    if has "$2"; then echo "$1: already there"; return; fi
    "${psql[@]}" --single-transaction --file "$here/PostgreSQL-$1.sql" > /dev/null
    echo "$1: done"
}

apply Main orleansquery
apply Clustering orleansmembershipversiontable
apply Persistence orleansstorage
apply Reminders orleansreminderstable
