#!/usr/bin/env bash
# Runs all benchmarks one after the other, and writes their pages and pictures into docs/internals. Takes an hour or more: leave the machine alone meanwhile.
# With --quick: less work each; only the pages of the services and of the table are written there, the others into artifacts/benchmarks.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
dotnet build -c Release benchmarks/Comparison
dotnet build -c Release benchmarks/Services
comparison() { dotnet benchmarks/Comparison/bin/Release/net10.0/Comparison.dll "$@"; }
comparison "$@" --pairs 30
comparison "$@" --cold
comparison "$@" --curves
comparison "$@" --latency
dotnet benchmarks/Services/bin/Release/net10.0/Services.dll "$@"
comparison "$@" # the last, because its page links to the others
