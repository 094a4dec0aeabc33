#!/usr/bin/env bash
# Builds this package from outside the repository's own, tests its plug-ins, and trains with them.
# A scratch folder that is kept between checks (OPD_EXAMPLE_SCRATCH) saves building the dependency again.
# --built: takes the program that the repository's build made with OPD_EXAMPLE=1, which compiles it as from outside.
set -euo pipefail
cd "$(dirname "$0")"
scratch=${OPD_EXAMPLE_SCRATCH:-../../.build/examples/custom-plugin}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if [ "${1:-}" = --built ]; then
  scratch=../../.build
  swift package dump-package >/dev/null
else
  swift build --build-tests --scratch-path "$scratch"
fi
opd=$scratch/debug/my-opd

for plugin in "teacher bigram smoothing" "selector every-nth n" "reward hit iou"; do
  read -r kind name parameter <<<"$plugin"
  "$opd" plugins --kind "$kind" "$name" | tee "$work/listed"
  grep -q "$parameter" "$work/listed" || { echo "'$name' is not listed with '$parameter'"; exit 1; }
done
# Only the build from outside leaves the traits out.
if [ "${1:-}" != --built ] && "$opd" plugins --kind teacher openai 2>/dev/null; then exit 1; fi
if "$opd" train small.yaml teacher=bigramm --out "$work/wrong" 2>"$work/said"; then exit 1; fi
grep -q "Did you mean 'bigram'?" "$work/said"

if [ "${1:-}" = --built ]; then
  (cd ../.. && OPD_EXAMPLE=1 swift test --skip-build --disable-xctest --filter '^MyPluginsTests\.') | tee "$work/tests"
  grep -qE 'Test run with [1-9]' "$work/tests"
else
  swift test --skip-build --disable-xctest --scratch-path "$scratch"
fi
"$opd" train small.yaml --out "$work/run" --quiet
grep -q '"reward/iou":' "$work/run/metrics.jsonl"
grep -q '"state":"done"' "$work/run/status.json"
echo "custom-plugin: built, tested, trained"
