#!/usr/bin/env bash
# Everything that .ci/run samples, whole: the fallback with all tests, the tests under Wine, kills and children in large numbers. Takes hours.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export MULTIPROCESSING_ALL=1 MULTIPROCESSING_DEATHS=1000 MULTIPROCESSING_CROWD=500 MULTIPROCESSING_TORTURE_SECONDS=120
exec .ci/run
