#!/usr/bin/env bash
# Builds the documentation from the modules that were built last (debug) and from docs, with warnings as errors.
# Usage: scripts/documentation.sh [OUTPUT.doccarchive]
set -euo pipefail
cd "$(dirname "$0")/.."
output=${1:-.build/opd.doccarchive}
if ! command -v docc >/dev/null; then
  echo "skipped: this toolchain has no docc"
  exit 0
fi
extract=$(dirname "$(readlink -f "$(command -v swift)")")/swift-symbolgraph-extract
[ -x "$extract" ] || extract=swift-symbolgraph-extract
[ -d .build/debug/Modules ] || swift build
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

maps=(-I .build/checkouts/Yams/Sources/CYaml/include -I .build/checkouts/FlyingFox/CSystemLinux/include
  -I .build/checkouts/swift-subprocess/Sources/_SubprocessCShims/include -I .build/checkouts/swift-system/Sources/CSystem/include)
for module in CHDF5 CGSL; do maps+=(-Xcc "-fmodule-map-file=.build/debug/$module.build/module.modulemap"); done
for module in COpenBLAS CHDF5Library; do maps+=(-Xcc "-fmodule-map-file=Sources/$module/module.modulemap"); done
target=$(swiftc -print-target-info | sed -n 's/^ *"unversionedTriple" *: *"\(.*\)".*/\1/p')
mkdir "$work/symbols"
for module in Core Plugins Student Teacher Curriculum TAD Distill Tasks Runs OPDCommands DistillTesting; do
  "$extract" -module-name "$module" -I .build/debug/Modules "${maps[@]}" -target "$target" \
    -minimum-access-level public -skip-synthesized-members -output-dir "$work/symbols"
done

cp -r docs/opd.docc "$work/opd.docc"
cp docs/architecture.md docs/notation.md docs/objectives.md "$work/opd.docc/"
docc convert "$work/opd.docc" --additional-symbol-graph-dir "$work/symbols" --output-path "$work/archive" \
  --fallback-display-name opd --fallback-bundle-identifier opd --warnings-as-errors
rm -rf "$output"
mkdir -p "$(dirname "$output")"
mv "$work/archive" "$output"
echo "$output: $(find "$output" -name '*.json' -path '*/data/*' | wc -l) pages"
