#!/usr/bin/env bash
# Rewrites src/Multiprocessing/PublicAPI.Unshipped.txt: every public member that PublicAPI.Shipped.txt does not list.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
file=src/Multiprocessing/PublicAPI.Unshipped.txt
log=$(mktemp)
before=$(mktemp)
trap 'rm -f "$log" "$before"' EXIT
cp "$file" "$before"
echo '#nullable enable' >"$file"
if dotnet build src/Multiprocessing -v quiet -nologo -p:RunAnalyzers=true >"$log"; then
    exit # every member is shipped
fi

# RS0016 names a member that no file lists. Every other error must be fixed first.
if grep -E ': error ' "$log" | grep -vE ': error RS0016: '; then
    cp "$before" "$file"
    exit 1
fi

sed -nE "s/.*: error RS0016: Symbol '(.*)' is not part of the declared public API.*/\1/p" "$log" | LC_ALL=C sort -u >>"$file"
git diff --stat -- "$file"
