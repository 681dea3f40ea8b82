#!/usr/bin/env bash
# Runs the tour and the tests as Windows programs under Wine 8. Installs Wine if it is missing (on Debian, as root).
#   eng/wine.sh                              the tour, then the sample of the tests that .ci/run runs
#   eng/wine.sh all                          the tour, then all tests except those that repeat others in large numbers
#   eng/wine.sh tour [number of a lesson ...]
#   eng/wine.sh tests [the runner's arguments ...], as in: eng/wine.sh tests -class Multiprocessing.Tests.StopTests
# Exit code 3: a requirement is missing and cannot be installed. The last line is "N passed, N failed, N skipped, N faults of Wine".
# docs/internals/platforms.md lists what does not run here, and why.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
readonly root=$PWD tour_limit=240 group_limit=1200
readonly wine=/usr/lib/wine/wine64
export CI=true DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 MSBUILDDISABLENODEREUSE=1

if [ ! -x "$wine" ]; then
    if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
        echo "Wine is missing ($wine), and only root can install it, on Debian: apt-get install wine wine64"
        exit 3
    fi
    if ! { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends wine wine64 >/dev/null; } || [ ! -x "$wine" ]; then
        echo "Wine is missing ($wine) and could not be installed"
        exit 3
    fi
fi

work=$(mktemp -d)
export WINEPREFIX="$work/prefix" WINEDEBUG=-all
# Without this the runtime maps code pages twice, which Wine 8 does not support.
export DOTNET_EnableWriteXorExecute=0
end() {
    /usr/lib/wine/wineserver64 -k
    rm -rf "$work"
}
trap end EXIT

publish() { # publish <project> <folder>; not into the ordinary obj folders, because the next build there would find assets for another runtime
    local code
    dotnet publish "$1" -r win-x64 --self-contained -c Release -o "$work/$2" --artifacts-path "$work/artifacts" -v q -nologo --disable-build-servers 2>&1 | tee "$work/publish"
    code=${PIPESTATUS[0]}
    if [ "$code" -ne 0 ] && grep -q ': error NU1' "$work/publish"; then
        echo "the runtime's package for Windows could not be restored"
        exit 3
    fi
    [ "$code" -eq 0 ] || exit "$code"
}

passed=0
failed=0
skipped=0
known=0

# in_wine <limit> <folder> <program> <arguments>...; ends all programs that it left running. Its output is in $work/log, and printed at its end: a
# console host of Wine 8 now and then outlives its server, and would hold a pipe open for ever.
in_wine() {
    local limit=$1 folder=$2 code leftover
    shift 2
    cd "$work/$folder" || exit
    MULTIPROCESSING_TEST_PROGRAMS="Z:${work//\//\\}\\programs" timeout -k 10 "$limit" "$wine" "$@" </dev/null >"$work/log" 2>&1
    code=$?
    cd "$root" || exit
    /usr/lib/wine/wineserver64 -k
    /usr/lib/wine/wineserver64 -w
    for leftover in $(grep -lszx "WINEPREFIX=$WINEPREFIX" /proc/[0-9]*/environ | cut -d/ -f3); do
        [ "$leftover" = "$$" ] || [[ $(readlink "/proc/$leftover/exe") != *wine* ]] || kill -9 "$leftover" 2>/dev/null
    done
    cat "$work/log"
    return "$code"
}

run_tour() {
    publish samples/Tour tour
    if in_wine "$tour_limit" tour Tour.exe "$@"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "failed: the tour"
    fi
}

publish_tests() {
    publish tests/Multiprocessing.Tests tests
    publish tests/Multiprocessing.Scenarios programs
    publish tests/Multiprocessing.Steps programs/steps
}

# run_tests <the runner's arguments>...; sets total, bad and left to the counts, or fails if the runner did not finish.
run_tests() {
    local log="$work/log" errors unrun
    in_wine "$group_limit" tests Multiprocessing.Tests.exe "$@"
    # "   Multiprocessing.Tests  Total: 99, Errors: 0, Failed: 0, Skipped: 0, Not Run: 0, Time: 1.234s"
    read -r total errors bad left unrun < <(sed -nE 's/.*Total: ([0-9]+), Errors: ([0-9]+), Failed: ([0-9]+), Skipped: ([0-9]+), Not Run: ([0-9]+),.*/\1 \2 \3 \4 \5/p' "$log" | tail -1)
    [ -n "${unrun:-}" ] || return
    bad=$((bad + errors))
    total=$((total - unrun))
}

# Faults of Wine 8, each identified by a text in the output of a failed test (docs/internals/platforms.md describes them). Such a test is counted separately, as neither passed nor failed.
# Every other failed test counts as failed. No test runs twice.
readonly faults=(
    'ERROR_INTERNAL_ERROR' # from CreateProcess, occasionally, on a busy machine
    'error 1359'           # the same error by its number
    '-2147483645'          # the exit code of a breakpoint instead of that of the unhandled exception, which was printed
)

# Reads the runner's output; prints "known" or "failed" and the name for each failed test.
failed_tests() {
    tr -d '\r' <"$work/log" | FAULTS=$(printf '%s\n' "${faults[@]}") awk '
        function report() { if (name != "") print (known ? "known" : "failed"), name; name = "" }
        BEGIN { count = split(ENVIRON["FAULTS"], fault, "\n") }
        /^    Multiprocessing\.Tests\..* \[FAIL\]$/ { report(); name = $1; known = 0; next }
        /^    Multiprocessing\.Tests\..* \[(PASS|SKIP)\]$/ || /^[^ ]/ { report() }
        name != "" { for (i = 1; i <= count; i++) if (fault[i] != "" && index($0, fault[i])) known = 1 }
        END { report() }'
}

run_group() {
    local found of_wine
    echo "-- $*"
    if ! run_tests "$@"; then
        failed=$((failed + 1))
        echo "failed: the tests did not finish: $*"
        return
    fi
    found=$(failed_tests)
    [ -z "$found" ] || echo "$found"
    of_wine=$(grep -c '^known' <<<"$found")
    passed=$((passed + total - bad - left))
    failed=$((failed + bad - of_wine))
    skipped=$((skipped + left))
    known=$((known + of_wine))
}

# Classes that repeat in larger numbers what other tests show.
readonly left_out=(CountedDeathsTests ManyChildrenTests SteppingTests)
readonly groups=("Segments Platform Names Serialization Queues" Synchronization Pools)

run_groups() {
    local rest=() arguments group name
    for name in "${left_out[@]}"; do
        rest+=(-class- "Multiprocessing.Tests.$name")
    done
    for group in "${groups[@]}"; do
        arguments=()
        for name in $group; do
            arguments+=(-namespace "Multiprocessing.Tests.$name")
            rest+=(-namespace- "Multiprocessing.Tests.$name")
        done
        run_group "${arguments[@]}"
    done
    run_group "${rest[@]}"
}

# The tests that depend most on the operating system: processes, memory, names, waiting, deaths. The serializer, the sweeps over types and overloads, and a pool's scheduling are the same code on all systems.
readonly sample=(
    "-namespace Multiprocessing.Tests.Segments -namespace Multiprocessing.Tests.Platform -namespace Multiprocessing.Tests.Names -namespace Multiprocessing.Tests.Queues"
    "-namespace Multiprocessing.Tests.Synchronization"
    "-class Multiprocessing.Tests.SmokeTests -class Multiprocessing.Tests.LifeTests -class Multiprocessing.Tests.ExitStatusTests -class Multiprocessing.Tests.StopTests -class Multiprocessing.Tests.OutputTests
     -class Multiprocessing.Tests.OptionsTests -class Multiprocessing.Tests.BodyFormTests -class Multiprocessing.Tests.SpareTests -class Multiprocessing.Tests.DeadRootTests -class Multiprocessing.Tests.WaitTests
     -class Multiprocessing.Tests.Pools.PoolTests -class Multiprocessing.Tests.Pools.PoolScenarioTests -class Multiprocessing.Tests.PoolTests -class Multiprocessing.Tests.PoolScenarioTests"
)

run_sample() {
    local group
    for group in "${sample[@]}"; do
        # shellcheck disable=SC2086 # each word is an argument
        run_group $group
    done
}

case ${1-} in
    tour) run_tour "${@:2}" ;;
    tests)
        publish_tests
        run_group "${@:2}"
        ;;
    '')
        run_tour
        publish_tests
        run_sample
        ;;
    all)
        run_tour
        publish_tests
        run_groups
        ;;
    *)
        sed -n '2,6p' "$0"
        exit 2
        ;;
esac
echo "$passed passed, $failed failed, $skipped skipped, $known faults of Wine"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
