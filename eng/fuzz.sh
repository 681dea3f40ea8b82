#!/usr/bin/env bash
# eng/fuzz.sh TARGET [SECONDS]   Fuzzes one target with afl-fuzz, guided by the coverage of Multiprocessing.dll, and prints what was found.
# eng/fuzz.sh list               Prints the targets.
# Needs afl++ (Debian's package; installed if this runs as root) and the .NET tool SharpFuzz.CommandLine (installed below artifacts/fuzz).
# Exits with 1 if an input crashed or hung the target; the inputs are kept. Exits with 2 if it could not run. MULTIPROCESSING_FUZZ_FRESH=1 drops the inputs of earlier runs.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
exec </dev/null
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1

target=${1:?"usage: eng/fuzz.sh TARGET [SECONDS], or eng/fuzz.sh list"}
seconds=${2:-120}
sharpfuzz_version=$(sed -nE 's/.*Include="SharpFuzz" Version="([^"]+)".*/\1/p' Directory.Packages.props)
work=$PWD/artifacts/fuzz
program=$work/program
mkdir -p "$work"

if ! command -v afl-fuzz >/dev/null; then
    [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null || { echo "afl-fuzz was not found. Install the package afl++."; exit 2; }
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends afl++
fi
[ -x "$work/tools/sharpfuzz" ] || dotnet tool install SharpFuzz.CommandLine --tool-path "$work/tools" --version "$sharpfuzz_version"

# A lock, for two targets at the same time: both publish, and one must not write the library that the other has instrumented.
exec 9>"$work/lock"
flock 9
sources=$(cat Directory.*.props eng/*.props $(find src tests/Multiprocessing.Fuzz -name obj -prune -o -name bin -prune -o \( -name '*.cs' -o -name '*.csproj' \) -print | sort) | sha256sum)
if [ "$(cat "$work/published" 2>/dev/null)" != "$sources" ]; then
    rm -rf "$program" "$work/published"
    dotnet publish tests/Multiprocessing.Fuzz -c Release -o "$program" -p:UseAppHost=true -v quiet -nologo || exit 2
    # SharpFuzz writes the library anew. It has no symbols then: those of the compiler describe other code.
    "$work/tools/sharpfuzz" "$program/Multiprocessing.dll" >"$work/instrumented"
    rm -f "$program/Multiprocessing.pdb"
    echo "$sources" >"$work/published"
fi
flock -u 9

if [ "$target" = list ]; then
    "$program/Multiprocessing.Fuzz" list
    exit 0
fi

seeds=$work/seeds/$target
found=$work/found/$target
rm -rf "$seeds"
[ -z "${MULTIPROCESSING_FUZZ_FRESH:-}" ] || rm -rf "$found"
"$program/Multiprocessing.Fuzz" seeds "$target" "$seeds"
mkdir -p "$found"

# The program is no binary that afl-fuzz knows, so its check of it is off. The runtime reserves much more address space than it uses: no limit of memory.
# The time limit of an input includes the start of a runtime: the first input, and each one after a crash, starts one.
input=$seeds
[ ! -d "$found/default/queue" ] || input=-
code=0
env AFL_SKIP_CPUFREQ=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_NO_UI=1 AFL_NO_AFFINITY=1 AFL_SKIP_BIN_CHECK=1 AFL_FORKSRV_INIT_TMOUT=60000 \
    AFL_HANG_TMOUT=30000 DOTNET_GCHeapHardLimit=0x20000000 \
    afl-fuzz -V "$seconds" -t 30000 -m none -i "$input" -o "$found" -- "$program/Multiprocessing.Fuzz" run "$target" >"$found/log" 2>&1 || code=$?

stats=$found/default/fuzzer_stats
if [ ! -f "$stats" ] || { [ "$code" -ne 0 ] && ! grep -q '^execs_done *: [1-9]' "$stats"; }; then
    tail -40 "$found/log"
    echo "afl-fuzz did not run ($code)."
    exit 2
fi

value() { # value <name>
    sed -nE "s/^$1 *: (.*)$/\1/p" "$stats"
}

echo "$target: $(value execs_done) executions in $(value run_time) s, $(value execs_per_sec) a second"
echo "coverage: $(value edges_found) edges of a map of $(value total_edges) ($(value bitmap_cvg)), $(value corpus_count) inputs kept, stability $(value stability)"
echo "crashes: $(value saved_crashes), hangs: $(value saved_hangs)"
if [ "$(value saved_crashes)" -gt 0 ] || [ "$(value saved_hangs)" -gt 0 ]; then
    echo "The inputs are in $found/default/crashes and $found/default/hangs. See what one of them does, with the line numbers, by"
    echo "    dotnet run --project tests/Multiprocessing.Fuzz -- replay $target FILE"
    exit 1
fi
