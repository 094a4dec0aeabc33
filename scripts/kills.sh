#!/usr/bin/env bash
# Ends a short run in every way a machine has, goes on with it, and compares what it leaves with an undisturbed run.
# Usage: scripts/kills.sh OPD [KILLS]      e.g. scripts/kills.sh .build/debug/opd 30
# Kills are dealt in turn: KILL, TERM, INT, two `train --resume` at once, two sweep engines of which one is killed, and a
# full disk (a limit on the size of files). The moments are random; the seed is printed. Status 1 where a byte differs.
set -euo pipefail
opd=$(realpath "$1")
kills=${2:-30}
RANDOM=${OPD_KILLS_SEED:=$$}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
echo "$kills kills, OPD_KILLS_SEED=$OPD_KILLS_SEED"

cat >run.yaml <<'YAML'
data: {world: {videos: 8, devVideos: 3, queriesPerVideo: 2, frames: 12, difficulty: easy}}
student: {decoder: {layers: 1, width: 16, heads: 2, keyValueHeads: 1, hidden: 32}}
keyframes: {selector: tad, budget: 6}
teacher: oracle
evaluation: {every: 10}
checkpoint: {every: 7}
threads: 1
stages:
  - {method: sft, steps: 40, prompts: 4}
  - {method: opd, steps: 120, prompts: 4, curriculum: {tvdf: {theta: 0.1, k: 1, budget: 6, every: 8}}}
YAML
{
  echo "name: kills"
  echo "base:"
  sed 's/^/  /' run.yaml
} >sweep.yaml

names="metrics.jsonl selection.jsonl rollouts.jsonl evaluation.jsonl stages.jsonl events.out.tfevents.0.opd"
failures=0

fail() {
  failures=$((failures + 1))
  echo "    FAILED: $1"
}

# same FOLDER: whether a finished run has the bytes of the undisturbed one, and nothing is left lying about.
same() {
  local name
  for name in $names; do
    cmp -s "whole/$name" "$1/$name" || fail "$1/$name differs"
  done
  grep -q '"state":"done"' "$1/status.json" || fail "$1 is not done"
  find "$1" -name '*.tmp' -o -name 'lease.*' | grep -q . && fail "$1 has leftovers" || true
}

# moment: a random part of the time that the whole took.
moment() { awk -v r="$RANDOM" -v t="$whole_seconds" 'BEGIN { printf "%.2f", 0.1 + t * r / 32768 }'; }

# end_by SIGNAL STATUS FOLDER: ends the run at some moment, and checks the status unless it was finished before.
end_by() {
  local status=0
  "$opd" train run.yaml --out "$3" --resume --quiet >"$3.txt" 2>&1 &
  local process=$!
  sleep "$(moment)"
  kill "-$1" "$process" 2>/dev/null || true
  wait "$process" 2>/dev/null || status=$?
  [ "$status" -eq "$2" ] || [ "$status" -eq 0 ] || [ "$status" -eq $((128 + ${4:-0})) ] ||
    fail "$3 ended with $status by $1: $(cat "$3.txt")"
  if [ "$1" != KILL ] && grep -q '"state":"interrupted"' "$3/status.json" 2>/dev/null; then
    grep -q "Go on with" "$3.txt" || fail "$3 does not say how to go on"
  fi
}

go_on() { "$opd" train run.yaml --out "$1" --resume --quiet >"$1.txt" 2>&1 || fail "$1: $(cat "$1.txt")"; }

two_at_once() {
  local first second one=0 two=0
  "$opd" train run.yaml --out "$1" --resume --quiet >"$1.1.txt" 2>&1 &
  first=$!
  "$opd" train run.yaml --out "$1" --resume --quiet >"$1.2.txt" 2>&1 &
  second=$!
  wait "$first" || one=$?
  wait "$second" || two=$?
  [ $((one + two)) -le 1 ] || fail "$1: both ended with $one and $two"
  grep -q "at work" "$1.1.txt" "$1.2.txt" || echo "    note: one had finished before the other began"
}

two_engines() {
  local process
  "$opd" sweep sweep.yaml --out "$1-sweep" --quiet >"$1.txt" 2>&1 &
  process=$!
  "$opd" sweep sweep.yaml --out "$1-sweep" --quiet >"$1.other.txt" 2>&1 &
  local other=$!
  sleep "$(moment)"
  kill -KILL "$process" 2>/dev/null || true
  wait "$process" 2>/dev/null || true
  wait "$other" || fail "$1: the other engine ended with $?: $(cat "$1.other.txt")"
  ln -s "$1-sweep/kills/seed-0" "$1"
}

# Files of more than 12 KiB cannot be written, as if the disk were full.
full_disk() {
  (
    trap '' XFSZ
    ulimit -f 12
    "$opd" train run.yaml --out "$1" --resume --quiet >/dev/null
  ) 2>"$1.txt" && fail "$1 did not notice the full disk"
  grep -q "cannot be written" "$1.txt" || fail "$1 says: $(cat "$1.txt")"
}

start=$(date +%s.%N)
"$opd" train run.yaml --out whole --quiet >/dev/null
whole_seconds=$(echo "$start $(date +%s.%N)" | awk '{ print $2 - $1 }')

for kill in $(seq 1 "$kills"); do
  run=killed-$kill
  case $((kill % 6)) in
    1) way=KILL && end_by KILL 137 "$run" ;;
    2) way=TERM && end_by TERM 143 "$run" ;;
    3) way=INT && end_by INT 130 "$run" ;;
    4) way="two trains" && two_at_once "$run" ;;
    5) way="two engines" && two_engines "$run" ;;
    0) way="full disk" && full_disk "$run" ;;
  esac
  [ "$way" = "two engines" ] || go_on "$run"
  same "$run"
  echo "  $kill: $way"
done
echo "$kills kills, $failures failures"
[ "$failures" -eq 0 ]
