#!/usr/bin/env bash
# Runs all benchmarks one after the other, and writes their pages and pictures into docs/internals. Takes an hour or more: leave the machine alone meanwhile.
# With --quick: less work each; only the page of the table is written there, the others into artifacts/benchmarks.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
dotnet build -c Release benchmarks/Comparison && dotnet build -c Release benchmarks/Services && dotnet build -c Release benchmarks/Cluster || exit 1

failed=0
run() { # run <program> <argument>...; its folder has its name, or the part before "Benchmarks"
    dotnet "benchmarks/${1%Benchmarks}/bin/Release/net10.0/$1.dll" "${@:2}" || failed=1
}
run Comparison "$@" --pairs 30
run Comparison "$@" --cold
run Comparison "$@" --curves
run Comparison "$@" --latency
run Services "$@"
run ClusterBenchmarks "$@"
run Comparison "$@" # the last, because its page links to the others
exit "$failed"
