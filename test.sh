#!/usr/bin/env bash
# Builds everything and runs every test of the solution. tests/Cluster.Tests starts silos, Redis and PostgreSQL by itself, on free loopback
# ports; tests/CudaHost runs the CUDA engine without a GPU, by g++; what of these is missing is installed here where that is possible, and else those tests are skipped (with CI=true they fail).
# Ends with one line, `N passed, N failed` alone on it, and with exit code 0 only if something ran and nothing failed.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 1
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 NO_COLOR=1

log=$(mktemp)
trap 'rm -f "$log"' EXIT

services=()
command -v redis-server > /dev/null || services+=(redis-server)
command -v initdb > /dev/null || compgen -G '/usr/lib/postgresql/*/bin/initdb' > /dev/null || services+=(postgresql)
command -v g++ > /dev/null || services+=(g++)
if [ ${#services[@]} -gt 0 ] && [ "$(id -u)" = 0 ] && command -v apt-get > /dev/null; then
    { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${services[@]}"; } > /dev/null 2>&1 || true
fi

dotnet build Distributed.Keops.sln -c Release || { echo "0 passed, 1 failed"; exit 1; }
dotnet test --solution Distributed.Keops.sln -c Release --no-build --no-progress "$@" 2>&1 | tee "$log"
code=${PIPESTATUS[0]}

count() { sed -n "s/^ *$1: *\([0-9][0-9]*\)$/\1/p" "$log" | tail -n 1; }
passed=$(count succeeded)
failed=$(count failed)
passed=${passed:-0}
failed=${failed:-0}
skipped=$(count skipped)
# A test process that ended without a verdict is a failure too, and so is a run without a test.
if [ "$code" -ne 0 ] && [ "$failed" -eq 0 ]; then failed=1; fi
if [ "$passed" -eq 0 ] && [ "$failed" -eq 0 ]; then failed=1; fi
if [ "${skipped:-0}" -gt 0 ]; then echo "$skipped skipped (long runs, asked for by name: CONTRIBUTING.md)"; fi
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
