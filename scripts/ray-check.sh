#!/usr/bin/env bash
# Starts a Ray of this machine alone, in a folder that is thrown away, and carries out a sweep of eight runs on it through the
# sweep's own `engine`: a worker is stopped, another killed, and the sweep gone on with. The bytes must be those of a sweep
# without a cluster.
# Usage: scripts/ray-check.sh OPD      needs `ray` (pip install "ray[default]"): on the PATH, or OPD_RAY names it; else it skips.
# OPD_RAY_URL: the dashboard of a Ray that runs already, such as http://127.0.0.1:8265; then none is started.
set -euo pipefail
opd=$(realpath "$1")
# shellcheck source=scripts/cluster.sh
. "$(dirname "$0")/cluster.sh"
ray=${OPD_RAY:-$(command -v ray || true)}
[ -x "$ray" ] || {
  echo "skipped: there is no ray; pip install \"ray[default]\", and name it in OPD_RAY."
  exit 0
}
port=${OPD_RAY_PORT:-6390} dashboard=${OPD_RAY_DASHBOARD:-8266}
export RAY_ADDRESS=${OPD_RAY_URL:-http://127.0.0.1:$dashboard} RAY_USAGE_STATS_ENABLED=0 RAY_DASHBOARD_STARTUP_TIMEOUT_S=600
work=$(mktemp -d /tmp/opd-ray.XXXXXX)
# Jobs of a Ray have names of their own for ever.
tag=${work##*.}
head=
tidy() {
  [ -z "$head" ] || kill "$head" 2>/dev/null || true
  wait 2>/dev/null || true
  rm -rf "$work"
}
trap tidy EXIT

small_sweep ray 4 "${OPD_RAY_STEPS:-200}" \
  "engine: {command: \"$ray job submit --no-wait --submission-id $tag-\$OPD_ROUND-{number} -- {worker}\", count: 2}" \
  >"$work/sweep.yaml"

fail() {
  echo "FAILED: $*" >&2
  exit 1
}
# Both: a worker that Ray starts after the other was killed would carry the sweep out undisturbed.
at_work() { [ "$(pgrep -fc "train $work/ray/")" -ge 2 ] && [ -n "$(find "$work/ray" -name metrics.jsonl -size +0 2>/dev/null)" ]; }
# Of a job that has ended Ray 2.60 says "Job 'x' failed" or "was stopped", and then what the job itself had said.
state() {
  "$ray" job status "$1" 2>&1 |
    sed -nE "s/.*Job '$1' (was )?(succeeded|failed|stopped).*/\\2/p; s/.*Status for job '$1': ([A-Z]+).*/\\1/p" |
    head -n 1 | tr '[:lower:]' '[:upper:]'
}
ended() { [[ "$(state "$1")" =~ SUCCEEDED|FAILED|STOPPED ]]; }
# submit ROUND: workers whose jobs are named TAG-ROUND-0 and TAG-ROUND-1.
submit() { OPD_ROUND=$1 "$opd" sweep "$work/sweep.yaml" --out "$work/ray" | tail -n 1; }

if [ -z "${OPD_RAY_URL:-}" ]; then
  "$ray" start --head --block --num-cpus 2 --port "$port" --dashboard-port "$dashboard" --temp-dir "$work/r" \
    --disable-usage-stats >"$work/ray.txt" 2>&1 &
  head=$!
fi
wait_until 600 "$ray" job list >/dev/null 2>&1 || fail "Ray did not start: $(tail -n 5 "$work/ray.txt")"
"$opd" sweep "$work/sweep.yaml" --engine local --out "$work/local" --quiet

submit first
wait_until 300 at_work || fail "no two runs began: $("$ray" job logs "$tag-first-0" 2>&1 | tail -n 5)"
# One worker is asked to end, the other is killed with its runs, as by a machine that goes away.
"$ray" job stop --no-wait "$tag-first-0" >/dev/null
for process in $(pgrep -f "sweep $work/ray --worker") $(pgrep -f "train $work/ray/"); do kill -KILL "$process" || true; done
wait_until 120 ended "$tag-first-0" && wait_until 120 ended "$tag-first-1" || fail "the workers did not end: $("$ray" job status "$tag-first-0" 2>&1 | tail -n 3) $("$ray" job status "$tag-first-1" 2>&1 | tail -n 3)"
echo "    first round: $(state "$tag-first-0") and $(state "$tag-first-1"), $(finished ray) of 8 runs finished"
[ "$(finished ray)" -lt 8 ] || fail "the workers were killed too late to show anything"

submit second
wait_until 600 ended "$tag-second-0" && wait_until 600 ended "$tag-second-1" || fail "the second round did not end"
echo "    second round: $(state "$tag-second-0") and $(state "$tag-second-1"), $(finished ray) of 8 runs finished"
[ "$(finished ray)" -eq 8 ] || fail "runs are missing: $("$ray" job logs "$tag-second-0" 2>&1 | tail -n 5)"
for run in {sft,opd}/seed-{0,1,2,3}; do
  for name in metrics.jsonl evaluation.jsonl; do
    cmp "$work/local/$run/$name" "$work/ray/$run/$name" || fail "$run/$name differs"
  done
done
echo "Ray: eight runs, killed and gone on with, left the bytes of a sweep without a cluster"
