#!/usr/bin/env bash
# Runs the smoke size of every experiment in a folder that is thrown away: do they still run, and in seconds?
# Usage: scripts/experiments-smoke.sh [OPD] [--dry-run]      OPD is .build/release/opd if left out
set -euo pipefail
cd "$(dirname "$0")/.."
opd=.build/release/opd dry=()
for word in "$@"; do
  if [ "$word" = --dry-run ]; then dry=(--dry-run); else opd=$word; fi
done
folder=$(mktemp -d)
teachers=()
trap 'rm -rf "$folder" ${teachers[@]+"${teachers[@]}"}' EXIT

# Runs one sweep and says how long it took; shows what it said only if it fails.
sweep() {
  local start=$SECONDS log="$folder/log"
  if ! "$opd" sweep "$@" >"$log" 2>&1; then
    cat "$log"
    echo "failed: $1"
    return 1
  fi
  echo "$((SECONDS - start)) s  $1"
}

for experiment in experiments/*/smoke.yaml; do
  name=$(basename "$(dirname "$experiment")")
  before=experiments/$name/smoke-teachers.yaml
  # Students name their teachers' runs: these are at a place known beforehand, and must be there for a dry run, too.
  if [ -e "$before" ]; then
    teachers+=("runs/$name-smoke")
    sweep "$before" --out "runs/$name-smoke/teachers"
  fi
  sweep "$experiment" --out "$folder/$name" ${dry[@]+"${dry[@]}"}
done
