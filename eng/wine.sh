#!/usr/bin/env bash
# Runs this library as Windows programs under Wine 8, which it installs where it is missing (Debian, as root):
#   eng/wine.sh                              the tour, then the tests that .ci/run runs
#   eng/wine.sh tour [number of a lesson ...]
#   eng/wine.sh tests [the runner's arguments ...], as in: eng/wine.sh tests -class Multiprocessing.Tests.StopTests
# The last line says "N passed, N failed, N skipped". docs/platforms.md says what is left out, and why.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
readonly root=$PWD tour_limit=240 tests_limit=900
readonly wine=/usr/lib/wine/wine64
export CI=true DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 MSBUILDDISABLENODEREUSE=1

if [ ! -x "$wine" ]; then
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends wine wine64 >/dev/null || exit
fi

work=$(mktemp -d)
export WINEPREFIX="$work/prefix" WINEDEBUG=-all
# Wine 8 does not carry the second mapping of code pages that the runtime makes otherwise.
export DOTNET_EnableWriteXorExecute=0
end() {
    /usr/lib/wine/wineserver64 -k
    rm -rf "$work"
}
trap end EXIT

publish() { # publish <project> <folder>
    dotnet publish "$1" -r win-x64 --self-contained -c Release -o "$work/$2" -v q -nologo --disable-build-servers || exit
}

passed=0
failed=0
skipped=0

run_tour() {
    publish samples/Tour tour
    cd "$work/tour" || exit
    # The settings of a program published on one system for another: no console, so no colours.
    if timeout -k 10 "$tour_limit" "$wine" Tour.exe "$@" </dev/null; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "failed: the tour (exit code $?)"
    fi
    cd "$root" || exit
    /usr/lib/wine/wineserver64 -k
}

run_tests() {
    local log="$work/log" code counts
    publish tests/Multiprocessing.Tests tests
    publish tests/Multiprocessing.Scenarios programs
    publish tests/Multiprocessing.Steps programs/steps
    cd "$work/tests" || exit
    MULTIPROCESSING_TEST_PROGRAMS="Z:${work//\//\\}\\programs" timeout -k 10 "$tests_limit" "$wine" Multiprocessing.Tests.exe "$@" </dev/null 2>&1 | tee "$log"
    code=${PIPESTATUS[0]}
    cd "$root" || exit
    # "   Multiprocessing.Tests  Total: 99, Errors: 0, Failed: 0, Skipped: 0, Not Run: 0, Time: 1.234s"
    counts=$(sed -nE 's/.*Total: ([0-9]+), Errors: ([0-9]+), Failed: ([0-9]+), Skipped: ([0-9]+), Not Run: ([0-9]+),.*/\1 \2 \3 \4 \5/p' "$log" | tail -1)
    if [ -z "$counts" ]; then
        failed=$((failed + 1))
        echo "failed: the tests did not come to their end (exit code $code)"
        return
    fi
    read -r total errors bad left unrun <<<"$counts"
    passed=$((passed + total - errors - bad - left - unrun))
    failed=$((failed + errors + bad))
    skipped=$((skipped + left))
}

# What repeats in larger numbers what others show, and what Wine starts processes too slowly for.
readonly left_out=(CountedDeathsTests ManyChildrenTests SteppingTests)
exclusions=()
for class in "${left_out[@]}"; do
    exclusions+=(-class- "Multiprocessing.Tests.$class")
done

case ${1-} in
    tour) run_tour "${@:2}" ;;
    tests) run_tests "${@:2}" ;;
    '')
        run_tour
        run_tests "${exclusions[@]}"
        ;;
    *)
        sed -n '2,6p' "$0"
        exit 2
        ;;
esac
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
