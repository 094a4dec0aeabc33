#!/usr/bin/env bash
# Logs a run of a second with Weights & Biases, Trackio and MLflow, without network, and compares what each of them holds with the run.
# A library that cannot be imported is skipped.
# Usage: check.sh     PYTHON names the interpreter, OPD the opd command.
set -euo pipefail
cd "$(dirname "$0")"
python=${PYTHON:-python3}
opd=${OPD:-$PWD/../../.build/debug/opd}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export PYTHONPATH=$PWD/../../python OPD_PROGRAM=$opd
# Each keeps what it is told in the folder that is thrown away.
export WANDB_MODE=offline WANDB_DIR=$work WANDB_SILENT=true WANDB_ERROR_REPORTING=false
export TRACKIO_DIR=$work/trackio HF_HUB_OFFLINE=1 GRADIO_ANALYTICS_ENABLED=False
export MLFLOW_TRACKING_URI=sqlite:///$work/mlflow.db MLFLOW_DISABLE_TELEMETRY=true DO_NOT_TRACK=true

cat >"$work/run.yaml" <<END
name: tracked
data: {world: {videos: 6, devVideos: 2, queriesPerVideo: 2, frames: 10, difficulty: easy}}
student: {decoder: {layers: 1, width: 16, heads: 2, keyValueHeads: 1, hidden: 32}}
teacher: oracle
evaluation: {every: 2}
stages: [{method: sft, steps: 3, prompts: 3}, {method: opd, steps: 3, prompts: 3}]
END
"$opd" train "$work/run.yaml" --out "$work/run" --quiet >/dev/null

for library in wandb trackio mlflow; do
  if ! "$python" -c "import pandas, yaml, $library" 2>/dev/null; then
    echo "$library: skipped, $python cannot import it with pandas and yaml"
    continue
  fi
  (cd "$work" && "$python" "$OLDPWD/to_$library.py" "$work/run") >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
  "$python" read_back.py "$library" "$work/run" "$work"
done
echo "trackers: done"
