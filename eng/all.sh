#!/usr/bin/env bash
# Runs .ci/run without its samples: all tests with the fallback, all tests under Wine, kills and children in large numbers. Takes hours.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export MULTIPROCESSING_ALL=1 MULTIPROCESSING_DEATHS=1000 MULTIPROCESSING_CROWD=500 MULTIPROCESSING_TORTURE_SECONDS=120
export MULTIPROCESSING_CLUSTER_FAULTS=20 MULTIPROCESSING_CLUSTER_EVENTS=100
exec .ci/run
