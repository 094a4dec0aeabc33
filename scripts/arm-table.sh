#!/usr/bin/env bash
# One Markdown row an arm with several metrics and the seconds of a run, from `opd compare`.
# Usage: scripts/arm-table.sh OPD DIR METRIC…      e.g. scripts/arm-table.sh .build/release/opd runs/objectives eval/mIoU
set -euo pipefail
opd=$1 runs=$2
shift 2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

header="| arm |" rule="|---|"
files=()
for metric in "$@"; do
  file="$folder/${#files[@]}.csv"
  "$opd" compare "$runs" --metric "$metric" --format csv >"$file"
  files+=("$file")
  header+=" $metric | 95 % |" rule+="---:|---|"
done
echo "$header rollout tokens | seconds |"
echo "$rule---:|---:|"
# Columns of the CSV: arm, metric, summary, lower, upper, the task's others, tokens, FLOPs, seconds, done, runs.
awk -F, '
  FNR == 1 { file++; next }
  file == 1 { order[++count] = $1; tokens[$1] = $(NF - 4); seconds[$1] = $(NF - 2) }
  { cell[$1, file] = $2 == "" ? " – | – |" : sprintf(" %.3f | %.3f–%.3f |", $2, $4, $5) }
  END {
    for (i = 1; i <= count; i++) {
      row = "| " order[i] " |"
      for (f = 1; f <= file; f++) row = row cell[order[i], f]
      printf "%s %d | %.1f |\n", row, tokens[order[i]], seconds[order[i]]
    }
  }' "${files[@]}"
