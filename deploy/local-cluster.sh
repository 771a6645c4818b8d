#!/usr/bin/env bash
# A cluster of silos on this machine, for trying things out.
#
#   deploy/local-cluster.sh N [localhost|redis|postgres] [--lake DIR]    starts N silos and waits until all have joined
#   deploy/local-cluster.sh stop                                         stops them, gracefully, and what was started with them
#
# Logs, process ids and the lake (unless --lake names one) stand in $KEOPS_CLUSTER (default: out/cluster). Without $KEOPS_REDIS (host:port) or
# $KEOPS_POSTGRES (an Npgsql connection string of a prepared database) a server of its own is started. Silo n listens at 11110+n, 29999+n for
# clients and 8079+n for health probes; $KEOPS_OFFSET is added to every port. Further settings may be given by the environment (Keops__Threads=2).
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
folder=${KEOPS_CLUSTER:-$root/out/cluster}
offset=${KEOPS_OFFSET:-0}
keops=${KEOPS:-$root/src/Cli/bin/Release/net10.0/keops.dll}
silo_port=$((11110 + offset)) gateway_port=$((29999 + offset)) health_port=$((8079 + offset))
redis_port=$((16379 + offset)) postgres_port=$((15432 + offset))

usage() { sed -n '3,5s/^# *//p' "${BASH_SOURCE[0]}" >&2; exit 2; }

fail() { echo "error: $*" >&2; stop; exit 1; }

# Waits for a command to succeed, at most 60 s.
await() {
    local what=$1; shift
    for _ in $(seq 300); do "$@" > /dev/null 2>&1 && return; sleep 0.2; done
    fail "$what did not come up within 60 s; its log stands in $folder"
}

stop() {
    # Silos first: they leave by their servers.
    end TERM silo-*
    end TERM redis
    end INT postgres
    [ ! -e "$folder/postgres.data" ] || rm -rf "$(cat "$folder/postgres.data")"
    rm -f "$folder"/*.pid "$folder/postgres.data"
}

# Sends a signal to all of a kind and waits for them to be gone.
end() {
    local file files
    files=$(compgen -G "$folder/$2.pid") || return 0
    for file in $files; do kill -"$1" "$(cat "$file")" 2> /dev/null || true; done
    for file in $files; do gone "$(cat "$file")" || true; done
}

gone() { for _ in $(seq 350); do kill -0 "$1" 2> /dev/null || return 0; sleep 0.2; done; echo "process $1 does not end" >&2; return 1; }

# Another server at the same port would have answered too.
runs() { sleep 0.2; kill -0 "$(cat "$folder/$1.pid")" 2> /dev/null || fail "$1 ended: $(tail -n 1 "$folder/$1.log") ($folder/$1.log)"; }

start_redis() {
    command -v redis-server > /dev/null || fail "redis-server is not installed (apt-get install redis-server), and KEOPS_REDIS names no server"
    mkdir -p "$folder/redis"
    redis-server --port "$redis_port" --bind 127.0.0.1 --dir "$folder/redis" --appendonly yes > "$folder/redis.log" 2>&1 &
    echo $! > "$folder/redis.pid"
    await redis redis-cli -p "$redis_port" ping
    runs redis
    KEOPS_REDIS=127.0.0.1:$redis_port
}

start_postgres() {
    local bin data as=()
    bin=$(pg_config --bindir 2> /dev/null || ls -d /usr/lib/postgresql/*/bin 2> /dev/null | tail -n 1) || true
    [ -x "$bin/postgres" ] || fail "PostgreSQL is not installed (apt-get install postgresql), and KEOPS_POSTGRES names no server"
    data=$(mktemp -d /tmp/keops-postgres-XXXXXX)
    echo "$data" > "$folder/postgres.data"
    # PostgreSQL does not run as root.
    if [ "$(id -u)" = 0 ]; then chown postgres "$data"; as=(setpriv --reuid=postgres --regid=postgres --init-groups); fi
    "${as[@]}" "$bin/initdb" -D "$data/data" -U keops --auth=trust > "$folder/postgres.log" 2>&1 || fail "initdb failed; see $folder/postgres.log"
    (cd "$data" && exec "${as[@]}" "$bin/postgres" -D "$data/data" -p "$postgres_port" -k "$data" -c listen_addresses=127.0.0.1) >> "$folder/postgres.log" 2>&1 &
    echo $! > "$folder/postgres.pid"
    await postgres "$bin/pg_isready" -h 127.0.0.1 -p "$postgres_port"
    runs postgres
    "$root/deploy/postgres/apply.sh" "host=127.0.0.1 port=$postgres_port user=keops dbname=postgres" >> "$folder/postgres.log"
    KEOPS_POSTGRES="Host=127.0.0.1;Port=$postgres_port;Username=keops;Database=postgres"
}

start_silo() {
    local n=$1
    Orleans__Name=silo-$n \
    Orleans__Endpoints__SiloPort=$((silo_port + n)) \
    Orleans__Endpoints__GatewayPort=$((gateway_port + n)) \
    Keops__HealthPort=$((health_port + n)) \
        dotnet "$keops" silo --lake "$lake" > "$folder/silo-$n.out" 2> "$folder/silo-$n.log" &
    echo $! > "$folder/silo-$n.pid"
}

joined() { grep -q '^ready: ' "$folder/silo-$1.out" || ! kill -0 "$(cat "$folder/silo-$1.pid")" 2> /dev/null; }

[ $# -ge 1 ] || usage
if [ "$1" = stop ]; then stop; exit; fi
[[ $1 =~ ^[1-9][0-9]?$ ]] || usage
silos=$1; shift
clustering=localhost lake=$folder/lake
while [ $# -gt 0 ]; do
    case $1 in
        localhost | redis | postgres) clustering=$1; shift ;;
        --lake) [ $# -ge 2 ] || usage; lake=$(cd "$2" && pwd); shift 2 ;;
        *) usage ;;
    esac
done

mkdir -p "$folder" "$lake"
if compgen -G "$folder/*.pid" > /dev/null; then echo "error: a cluster stands in $folder: deploy/local-cluster.sh stop" >&2; exit 1; fi
[ -e "$keops" ] || dotnet build -c Release "$root/src/Cli"
case $clustering in
    localhost)
        export Orleans__Clustering__ProviderType=Development Orleans__Clustering__PrimarySiloEndPoint=127.0.0.1:$((silo_port + 1)) ;;
    redis)
        [ -n "${KEOPS_REDIS:-}" ] || start_redis
        export Orleans__Clustering__ProviderType=Redis Orleans__Clustering__ConnectionString=$KEOPS_REDIS ;;
    postgres)
        [ -n "${KEOPS_POSTGRES:-}" ] || start_postgres
        export Orleans__Clustering__ProviderType=AdoNet Orleans__Clustering__ConnectionString=$KEOPS_POSTGRES ;;
esac

for n in $(seq "$silos"); do
    start_silo "$n"
    # The others find the cluster by the first.
    if [ "$n" = 1 ] && [ $clustering = localhost ]; then await "silo 1" joined 1; fi
done
for n in $(seq "$silos"); do
    await "silo $n" joined "$n"
    grep -q '^ready: ' "$folder/silo-$n.out" || fail "silo $n ended: $(tail -n 1 "$folder/silo-$n.log")"
    cat "$folder/silo-$n.out"
done
cat <<END

$silos silos, logs in $folder. For instance:

  dotnet $keops reduce "Exp(-SqDist(x,y))" --vi x=$lake/FILE.parquet:x,y,z --vj y=$lake/FILE.parquet:x,y,z \\
      --out $lake/out.parquet --on 127.0.0.1:$((gateway_port + 1))
  deploy/local-cluster.sh stop
END
