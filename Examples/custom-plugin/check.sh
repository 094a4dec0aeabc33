#!/usr/bin/env bash
# Builds this package from outside the repository's own, tests its plug-ins, and trains with them.
# A scratch folder that is kept between checks (OPD_EXAMPLE_SCRATCH) saves building the dependency again.
set -euo pipefail
cd "$(dirname "$0")"
scratch=${OPD_EXAMPLE_SCRATCH:-../../.build/examples/custom-plugin}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

swift build --build-tests --scratch-path "$scratch"
opd=$scratch/debug/my-opd

for plugin in "teacher bigram smoothing" "selector every-nth n" "reward hit iou"; do
  read -r kind name parameter <<<"$plugin"
  "$opd" plugins --kind "$kind" "$name" | tee "$work/listed"
  grep -q "$parameter" "$work/listed" || { echo "'$name' is not listed with '$parameter'"; exit 1; }
done
if "$opd" plugins --kind teacher openai 2>/dev/null; then exit 1; fi
if "$opd" train small.yaml teacher=bigramm --out "$work/wrong" 2>"$work/said"; then exit 1; fi
grep -q "Did you mean 'bigram'?" "$work/said"

swift test --skip-build --disable-xctest --scratch-path "$scratch"
"$opd" train small.yaml --out "$work/run" --quiet
grep -q '"reward/iou":' "$work/run/metrics.jsonl"
grep -q '"state":"done"' "$work/run/status.json"
echo "custom-plugin: built, tested, trained"
