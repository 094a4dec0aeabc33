#!/usr/bin/env bash
# Starts a Slurm of one node without systemd, in a folder that is thrown away: a sweep is carried out on it while a task is
# cancelled and another meets its time limit, and the tests that need a cluster are run. OPD_BIN names the program.
# Skips, with status 0, where it cannot run: not root, or slurm-wlm and munge cannot be installed.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/setup.sh
. scripts/setup.sh
# shellcheck source=scripts/cluster.sh
. scripts/cluster.sh

skip() {
  say "Skipped: $*"
  exit 0
}

[ "$(id -u)" -eq 0 ] || skip "Slurm's programs start only as root"
if ! command -v slurmctld >/dev/null || ! command -v munged >/dev/null; then
  say "Installing slurm-wlm and munge"
  may_install || skip "slurm-wlm and munge are missing"
  if ! { apt_get -q update && apt_get -q install --no-install-recommends slurm-wlm munge; }; then
    skip "slurm-wlm and munge cannot be installed"
  fi
fi

work=$(mktemp -d /tmp/opd-slurm.XXXXXX)
started=()
tidy() {
  local id
  for id in "${started[@]}"; do kill "$id" 2>/dev/null || true; done
  wait 2>/dev/null || true
  rm -rf "$work"
}
trap tidy EXIT

chmod 755 "$work"
mkdir -p "$work"/{state,spool,munge}
chmod 700 "$work/munge"
head -c 1024 /dev/urandom >"$work/munge/key"
chmod 600 "$work/munge/key"
host=$(hostname -s)
cat >"$work/slurm.conf" <<CONF
ClusterName=opd
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
SlurmctldPort=16817
SlurmdPort=16818
AuthType=auth/munge
AuthInfo=socket=$work/munge/socket
CryptoType=crypto/munge
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/spool
SlurmctldPidFile=$work/slurmctld.pid
SlurmdPidFile=$work/slurmd.pid
SlurmctldLogFile=$work/slurmctld.log
SlurmdLogFile=$work/slurmd.log
ProctrackType=proctrack/pgid
TaskPlugin=task/none
SchedulerType=sched/backfill
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
ReturnToService=2
NodeName=$host NodeAddr=127.0.0.1 CPUs=$(nproc) State=UNKNOWN
PartitionName=test Nodes=$host Default=YES MaxTime=INFINITE State=UP
CONF
export SLURM_CONF=$work/slurm.conf

say "Starting Slurm on $host"
munged --force --foreground --key-file="$work/munge/key" --socket="$work/munge/socket" \
  --pid-file="$work/munge/pid" --log-file="$work/munge/log" --seed-file="$work/munge/seed" \
  >"$work/munged.out" 2>&1 &
started+=($!)
for _ in $(seq 50); do [ -S "$work/munge/socket" ] && break; sleep 0.1; done
slurmctld -D -f "$SLURM_CONF" >"$work/slurmctld.out" 2>&1 &
started+=($!)
slurmd -D -f "$SLURM_CONF" -N "$host" >"$work/slurmd.out" 2>&1 &
started+=($!)
ready=
for _ in $(seq 100); do
  if sinfo -h -o %T 2>/dev/null | grep -q '^idle'; then ready=yes; break; fi
  sleep 0.1
done
if [ -z "$ready" ]; then
  tail -n 20 "$work"/*.log "$work"/*.out "$work"/munge/log 2>/dev/null || true
  skip "the node did not become idle"
fi

at_work() { grep -q '"state":"running"' "$work/$1"/*/seed-*/status.json 2>/dev/null && [ -s "$(running_metrics "$1")" ]; }
running_metrics() { dirname "$(grep -l '"state":"running"' "$work/$1"/*/seed-*/status.json | head -n 1)" | sed 's|$|/metrics.jsonl|'; }
gone() { ! squeue -h -j "$1" 2>/dev/null | grep -q .; }
number() { sed -nE 's/^Submitted: job ([0-9]+).*/\1/p'; }

opd=${OPD_BIN:-.build/release/opd}
[ -x "$opd" ] || opd=.build/debug/opd
[ -x "$opd" ] || swift build --product opd
opd=$(realpath "$opd")
small_sweep slurm 2 "${OPD_SLURM_STEPS:-400}" >"$work/sweep.yaml"

say "A sweep on the cluster whose first task is cancelled"
"$opd" sweep "$work/sweep.yaml" --out "$work/local" --quiet >/dev/null
job=$("$opd" sweep "$work/sweep.yaml" --out "$work/cancelled" --engine slurm --jobs 1 --time-limit 1 | number)
[ -n "$job" ] || stop "sbatch gave no number"
wait_until 120 at_work cancelled || stop "no run began: $(tail -n 5 "$work"/cancelled/slurm-*.log)"
scancel "$job"
wait_until 60 gone "$job" || stop "the cancelled task did not end"
before=$(finished cancelled)
[ "$before" -lt 4 ] || stop "the task was cancelled too late to show anything"
echo "    job $job cancelled: $before of 4 runs finished"
"$opd" sweep "$work/cancelled" --dry-run | grep -E 'gone on|to be done'
again=$("$opd" sweep "$work/sweep.yaml" --out "$work/cancelled" --engine slurm --jobs 2 | number)
wait_until 300 gone "$again" || stop "the second job did not end"
echo "    job $again: $(finished cancelled) of 4 runs finished"
[ "$(finished cancelled)" -eq 4 ] || stop "runs are missing: $(tail -n 5 "$work"/cancelled/slurm-*.log)"

say "A task that meets its time limit is queued again"
job=$("$opd" sweep "$work/sweep.yaml" --out "$work/requeued" --engine slurm --jobs 1 | number)
wait_until 120 at_work requeued || stop "no run began: $(tail -n 5 "$work"/requeued/slurm-*.log)"
# What Slurm sends shortly before the limit.
scancel --batch --signal=USR1 "$job"
requeued() { scontrol show job "$job" 2>/dev/null | grep -q 'Restarts=1'; }
wait_until 60 requeued || stop "the task was not queued again: $(tail -n 5 "$work"/requeued/slurm-*.log)"
# Slurm lets a task that comes back wait two minutes; this one need not.
scontrol update JobId="$job" StartTime=now 2>/dev/null || true
wait_until 400 gone "$job" || stop "the task that came back did not end"
echo "    job $job: queued again, $(finished requeued) of 4 runs finished"
[ "$(finished requeued)" -eq 4 ] || stop "runs are missing: $(tail -n 5 "$work"/requeued/slurm-*.log)"

for sweep in cancelled requeued; do
  for run in sft/seed-0 sft/seed-1 opd/seed-0 opd/seed-1; do
    for name in metrics.jsonl evaluation.jsonl events.out.tfevents.0.opd; do
      cmp "$work/local/$run/$name" "$work/$sweep/$run/$name" || stop "$sweep/$run/$name differs"
    done
  done
done
echo "    both left the bytes of a sweep without a cluster"

if [ -z "${OPD_SLURM_ONLY_SWEEP:-}" ]; then
  say "Testing"
  OPD_SLURM_TEST=1 swift test --disable-xctest --filter 'ExperimentsTests\.SlurmScriptTests' 2>&1 |
    tee "$work/tests.txt"
  grep -q 'a real cluster.* passed' "$work/tests.txt" || stop "The test on the cluster did not run."
fi
say "Slurm: passed"
