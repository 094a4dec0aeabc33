#!/usr/bin/env bash
# Makes the folder of a sweep with many finished runs, and times what looks at all of them.
# Usage: scripts/many-runs.sh OPD [FOLDER] [RUNS]      e.g. scripts/many-runs.sh .build/release/opd
# The folder is thrown away unless it is named. Runs are made up: a frozen plan as `opd sweep` freezes it, and for each
# run the files of one of a hundred steps.
set -euo pipefail
opd=$(realpath "$1")
folder=${2:-}
runs=${3:-10000}
arms=20
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
[ -n "$folder" ] || folder=$scratch/many

cat >"$scratch/many.yaml" <<YAML
name: many
seeds: $((runs / arms))
base:
  keyframes: {selector: tad, budget: 8}
  teacher: oracle
  stages: [{method: opd, steps: 100}]
axes:
  keyframes.budget: range(1,$((arms + 1)))
YAML
cd "$scratch"
# Freezes the plan: writes every configuration, and a job script that nobody submits.
[ -e "$folder/plan.json" ] || "$opd" sweep many.yaml --out "$folder" --engine slurm --export >/dev/null

python3 - "$folder" "$arms" <<'PYTHON'
import json, math, os, random, sys

folder, arms = sys.argv[1], int(sys.argv[2])
for run in json.load(open(f"{folder}/plan.json"))["runs"]:
    path = f"{folder}/{run['arm']}/seed-{run['seed']}"
    if os.path.exists(f"{path}/status.json"):
        continue
    random.seed(f"{run['arm']} {run['seed']}")
    height = 0.3 + 0.01 * int(run["arm"].split("=")[1]) + random.gauss(0, 0.02)
    metrics, timing = [], []
    for step in range(101):
        line = {"step": step, "tokens": step * 24, "flops": step * 3.5e8, "stage": "opd"}
        for name in ["loss", "entropy", "grad_norm", "reward", "teacher_kl/k1", "teacher_kl/k3",
                     "completions/mean_length", "learning_rate", "advantages/mean", "loss/teacher"]:
            line[name] = random.random()
        if step % 10 == 0:
            line["eval/mIoU"] = height * (1 - math.exp(-step / 30))
            line["eval/R1@0.5"], line["eval/R1@0.7"] = line["eval/mIoU"] * 1.1, line["eval/mIoU"] * 0.6
        metrics.append(json.dumps(line, separators=(",", ":")))
        timing.append(json.dumps({"seconds": step * 0.07, "step": step}, separators=(",", ":")))
    seconds = {"rollout": 2.1, "student": 3.2, "teacher": 0.8, "evaluation": 0.9}
    ledger = {"flops": {key: value * 1e9 for key, value in seconds.items()}, "seconds": seconds,
              "rolloutTokens": 2400, "scoredTokens": 2400}
    for name, text in [("metrics.jsonl", "\n".join(metrics)), ("timing.jsonl", "\n".join(timing)),
                       ("ledger.json", json.dumps(ledger))]:
        with open(f"{path}/{name}", "w") as file:
            file.write(text + "\n")
    with open(f"{path}/status.json", "w") as file:
        json.dump({"identity": f"{random.getrandbits(256):064x}", "program": "0.1.0", "state": "done",
                   "task": {"name": "grounding", "headline": "eval/mIoU", "columns": "eval/R1@0.5 eval/R1@0.7"}}, file)
PYTHON

echo "$runs runs in $folder"
measure() {
  local name=$1 start end
  shift
  start=$(date +%s%N)
  "$@" >"$scratch/output"
  end=$(date +%s%N)
  printf '%-24s %5d ms   %s\n' "$name" $(((end - start) / 1000000)) "$(tail -n 2 "$scratch/output" | head -n 1 | cut -c 1-60)"
}
for _ in 1 2 3; do
  measure "compare" "$opd" compare "$folder"
  measure "compare --match flops" "$opd" compare "$folder" --match flops
  measure "sweep --dry-run" "$opd" sweep many.yaml --out "$folder" --dry-run
done
for words in "--version" "help" "sweep --help" "compare --help"; do
  # shellcheck disable=SC2086
  measure "$words" "$opd" $words
done
