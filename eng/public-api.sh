#!/usr/bin/env bash
# Rewrites PublicAPI.Unshipped.txt of each package: every public member that its PublicAPI.Shipped.txt does not list. With arguments only of these projects.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
log=$(mktemp)
before=$(mktemp)
trap 'rm -f "$log" "$before"' EXIT
[ $# -gt 0 ] || set -- src/*/PublicAPI.Unshipped.txt
for project; do
    project=${project%/PublicAPI.Unshipped.txt}
    file=$project/PublicAPI.Unshipped.txt
    cp "$file" "$before"
    echo '#nullable enable' >"$file"
    if dotnet build "$project" -v quiet -nologo -p:RunAnalyzers=true >"$log"; then
        continue # every member is shipped
    fi

    # RS0016 names a member that no file lists. Every other error must be fixed first.
    if grep -E ': error ' "$log" | grep -vE ': error RS0016: '; then
        cp "$before" "$file"
        exit 1
    fi

    sed -nE "s/.*: error RS0016: Symbol '(.*)' is not part of the declared public API.*/\1/p" "$log" | LC_ALL=C sort -u >>"$file"
    git diff --stat -- "$file"
done
