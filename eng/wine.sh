#!/usr/bin/env bash
# Runs the tour as a Windows program under Wine 8, which it installs where it is missing (Debian, as root): eng/wine.sh [number of a lesson ...]
# docs/platforms.md says what that shows and what it does not. Not a part of .ci/run: about every fifth run of the whole tour meets a child that does not begin.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
readonly limit=300
wine=/usr/lib/wine/wine64
if [ ! -x "$wine" ]; then
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends wine wine64
fi

work=$(mktemp -d)
export WINEPREFIX="$work/prefix" WINEDEBUG=-all
# Wine 8 does not carry the second mapping of code pages that the runtime makes otherwise.
export DOTNET_EnableWriteXorExecute=0
end() {
    /usr/lib/wine/wineserver64 -k || true
    rm -rf "$work"
}
trap end EXIT
dotnet publish samples/Tour -r win-x64 --self-contained -c Release -o "$work/tour" -v q
cd "$work/tour"
timeout -s KILL "$limit" "$wine" Tour.exe "$@" </dev/null
