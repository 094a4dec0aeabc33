# Shared by the checks of clusters: a small sweep, and waiting for it. To be sourced; $work is the folder of the check.
# shellcheck shell=bash

# small_sweep NAME SEEDS STEPS [LINE]: a sweep of 2 arms whose runs are saved every ten steps; LINE is one more of its file.
small_sweep() {
  cat <<YAML
name: $1
seeds: $2
${4:-}
base:
  data: {world: {videos: 8, devVideos: 4, queriesPerVideo: 2, frames: 12, difficulty: easy}}
  student: {decoder: {layers: 1, width: 32, heads: 2, keyValueHeads: 1, hidden: 64}}
  teacher: oracle
  evaluation: {every: 50}
  checkpoint: {every: 10}
  threads: 1
cases:
  sft: {stages: [{method: sft, steps: $3, prompts: 8}]}
  opd: {stages: [{method: opd, steps: $3, prompts: 8}]}
YAML
}

# finished SWEEP: how many runs of a sweep in $work are done.
finished() { { grep -l '"state":"done"' "$work/$1"/*/seed-*/status.json 2>/dev/null || true; } | wc -l; }

# wait_until SECONDS COMMAND…: until the command succeeds.
wait_until() {
  local end=$((SECONDS + $1))
  shift
  until "$@"; do
    [ "$SECONDS" -lt "$end" ] || return 1
    sleep 0.2
  done
}
