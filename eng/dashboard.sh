#!/usr/bin/env bash
# Bundles the pages of the dashboard and of the report: src/Multiprocessing.Report/Web -> src/Multiprocessing.Report/Assets, which are checked in.
# What needs no bundling, index.html and icon.svg, the build takes from Web.
# A build of the library needs neither this script nor npm. The result depends on the sources and on package-lock.json only.
# eng/dashboard.sh --check fails if the checked-in files are not what the sources give.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../src/Multiprocessing.Report"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -r Web "$work/web"
cd "$work/web"
npm ci --no-audit --no-fund --ignore-scripts >"$work/npm.log" 2>&1 || { cat "$work/npm.log"; exit 1; }

out=$work/assets
mkdir "$out"
esbuild=node_modules/.bin/esbuild
"$esbuild" main.js --bundle --minify --format=esm --target=es2022 --charset=utf8 --legal-comments=none --log-level=warning --outfile="$out/app.js"
{ cat node_modules/uplot/dist/uPlot.min.css; cat app.css; } >all.css
"$esbuild" all.css --minify --target=chrome123,firefox120,safari17.5 --charset=utf8 --log-level=warning --outfile="$out/app.css"

licence() { # licence <name and version> <file>...
    echo "== $1"
    echo
    shift
    cat "$@"
    echo
}
version() { node -p "require('./node_modules/$1/package.json').version"; }
{
    echo "app.js and app.css contain code of these projects."
    echo
    licence "uPlot $(version uplot)" node_modules/uplot/LICENSE
    licence "Apache ECharts $(version echarts)" node_modules/echarts/NOTICE node_modules/echarts/LICENSE
    licence "ZRender $(version zrender)" node_modules/zrender/LICENSE
    licence "tslib $(version tslib)" node_modules/tslib/LICENSE.txt
} >"$out/licences.txt"

cd - >/dev/null
if [ "${1:-}" = --check ]; then
    diff -rq "$out" Assets && echo "Assets are what the sources give."
else
    rm -rf Assets
    cp -r "$out" Assets
    ls -l Assets
fi
