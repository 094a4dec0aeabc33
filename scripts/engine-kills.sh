#!/usr/bin/env bash
# Kills a run whose student is on a real training server, and then the server, at random moments; goes on, and compares what is
# left with an undisturbed run. `kills.sh` does the same with a student in the program.
# Usage: scripts/engine-kills.sh OPD [KILLS [OF-SERVER]]      of the program, 5 if left out, and of the server, as many if left out
# Needs `scripts/engine.sh make 0.3.0`; without it, it says so and ends with 0. A minute and a half for each kill on two cores.
# OPD_ENGINE_PORT: where the server listens (8310); OPD_KILLS_SEED: repeats the moments. Status 1 where a byte differs.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
opd=$(realpath "$1")
kills=${2:-5} server_kills=${3:-${2:-5}}
port=${OPD_ENGINE_PORT:-8310}
RANDOM=${OPD_KILLS_SEED:=$$}
environment=$("$here/engine.sh" url 0.3.0) || {
  echo "skipped: there is no server; run 'scripts/engine.sh make 0.3.0'."
  exit 0
}
scratch=$(mktemp -d)
server=
stop_server() {
  [ -z "$server" ] || kill -KILL -- "-$server" 2>/dev/null || true
  wait "$server" 2>/dev/null || true
  server=
}

tidy() {
  stop_server
  rm -rf "$scratch"
}
trap tidy EXIT
cd "$scratch"
echo "$kills kills of the program and $server_kills of the server, OPD_KILLS_SEED=$OPD_KILLS_SEED"

# One prompt at a time: this server computes what arrives together in one batch, and the last bits of log π then depend on who
# came together (up to 1.3e-6 nats between two undisturbed runs of 16 at a time).
cat >run.yaml <<YAML
data: {world: {videos: 8, devVideos: 2, queriesPerVideo: 1, frames: 10, difficulty: easy}}
student:
  tinker: {url: "http://127.0.0.1:$port", base: $scratch/base, rank: 4, prompts: {first: 0, frames: similarity}, attempts: 3, inFlight: 1}
keyframes: {uniform: {budget: 4}}
teacher: oracle
evaluation: {every: 6}
checkpoint: {every: 4}
threads: 1
stages:
  - {method: sft, steps: 4, prompts: 4}
  - {method: opd, steps: 14, prompts: 4}
YAML
"$opd" teacher vocabulary run.yaml student=decoder >words.json
"$environment/bin/python" "$here/tiny-llama.py" "$scratch/base" words.json

# A session of its own, so that a kill meets all its processes.
start_server() {
  OPD_BASE=$scratch/base OPD_ENGINE_FOLDER=$scratch/server setsid "$here/engine.sh" start 0.3.0 "$port" >>server.txt 2>&1 &
  server=$!
  for _ in $(seq 600); do
    if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then return; fi
    sleep 0.5
  done
  echo "the server did not start: $(tail -n 5 server.txt)" >&2
  exit 1
}

failures=0
fail() {
  failures=$((failures + 1))
  echo "    FAILED: $1"
}

train() { "$opd" train run.yaml --out "$1" --resume --quiet 2>>"$1.txt"; }

# moment: a random part of the time that the whole took.
moment() { awk -v r="$RANDOM" -v t="$whole_seconds" 'BEGIN { printf "%.2f", 0.5 + t * r / 32768 }'; }

go_on() {
  local attempt
  for attempt in 1 2 3; do
    train "$1" && return
  done
  fail "$1 does not go on: $(tail -n 2 "$1.txt")"
}

same() {
  local name
  for name in metrics.jsonl rollouts.jsonl evaluation.jsonl stages.jsonl; do
    cmp -s "whole/$name" "$1/$name" || fail "$1/$name differs"
  done
}

start_server
train whole
start=$(date +%s.%N)
# The second time the server has compiled what it needs.
train again
whole_seconds=$(echo "$start $(date +%s.%N)" | awk '{ print $2 - $1 }')
same again
[ "$failures" -eq 0 ] || exit 1
echo "  undisturbed: $whole_seconds s, and the same bytes again"

for kill in $(seq 1 "$kills"); do
  run=program-$kill at=$(moment)
  "$opd" train run.yaml --out "$run" --resume --quiet 2>"$run.txt" &
  training=$!
  sleep "$at"
  kill -KILL "$training" 2>/dev/null || true
  wait "$training" 2>/dev/null || true
  go_on "$run"
  same "$run"
  echo "  $kill: the program after $at s"
done
for kill in $(seq 1 "$server_kills"); do
  run=server-$kill at=$(moment)
  "$opd" train run.yaml --out "$run" --resume --quiet 2>"$run.txt" &
  training=$!
  sleep "$at"
  stop_server
  start_server
  wait "$training" || echo "    $(tail -n 1 "$run.txt" | cut -c 1-160)"
  go_on "$run"
  same "$run"
  echo "  $kill: the server after $at s"
done
echo "$((kills + server_kills)) kills, $failures failures"
[ "$failures" -eq 0 ]
