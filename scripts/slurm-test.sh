#!/usr/bin/env bash
# Starts a Slurm of one node without systemd, in a folder that is thrown away, and runs the tests that need one.
# Skips, with status 0, where it cannot run: not root, or slurm-wlm and munge cannot be installed.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/setup.sh
. scripts/setup.sh

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

say "Testing"
OPD_SLURM_TEST=1 swift test --disable-xctest --filter 'ExperimentsTests\.SlurmScriptTests' 2>&1 |
  tee "$work/tests.txt"
grep -q 'a real cluster.* passed' "$work/tests.txt" || stop "The test on the cluster did not run."
