#!/usr/bin/env bash
# Trains with teachers in Python: one without dependencies, whose run must equal that of the same teacher in process,
# one of PyTorch and one of transformers (each skipped where its library is missing).
# Usage: check.sh     PYTHON names the interpreter, OPD the opd command; it is built if there is none.
set -euo pipefail
cd "$(dirname "$0")"
python=${PYTHON:-python3}
opd=${OPD:-../../.build/debug/opd}
[ -x "$opd" ] || swift build --package-path ../.. --product opd
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# process ARGUMENT…: a teacher that is this program.
process() {
  local IFS=,
  echo "teacher={process: {command: [$python,$*]}}"
}

echo "windows, without dependencies"
"$opd" teacher windows small.yaml >"$work/windows.jsonl"
windows=$(process window_teacher.py "$work/windows.jsonl")
"$opd" teacher probe small.yaml "$windows"
"$opd" train small.yaml teacher.windows.path="$work/windows.jsonl" --out "$work/inside" --quiet
"$opd" train small.yaml "$windows" --out "$work/outside" --quiet
cmp "$work/inside/metrics.jsonl" "$work/outside/metrics.jsonl"
sha256sum "$work"/{inside,outside}/metrics.jsonl | sed "s|$work/||"

# What one core makes of it: opd, the program and the pipe between them.
one_core=$(command -v taskset >/dev/null && echo "taskset -c 0" || true)
$one_core "$opd" teacher rate small.yaml "$windows" --seconds 3

echo "the teachers of the tutorial"
for step in 1 2 3; do
  PYTHONPATH=$PWD "$opd" teacher probe small.yaml \
    "$(process "../../docs/opd.docc/Resources/my_teacher-$step.py")" | tail -n 1
done

if "$python" -c "import torch" 2>/dev/null; then
  echo "torch"
  "$opd" teacher vocabulary small.yaml >"$work/words.json"
  "$python" tiny_models.py torch "$work/words.json" "$work/model.pt" 2>/dev/null
  "$opd" teacher probe small.yaml "$(process torch_teacher.py "$work/model.pt")"
  "$opd" train small.yaml "$(process torch_teacher.py "$work/model.pt")" stages.1.method=opd-full \
    --out "$work/torch" --quiet
  grep -q '"state":"done"' "$work/torch/status.json"
else
  echo "torch: skipped, $python cannot import it"
fi

if "$python" -c "import torch, transformers" 2>/dev/null; then
  echo "transformers"
  "$python" tiny_models.py transformers "$work/model" 2>/dev/null
  program=$(process transformers_teacher.py "$work/model")
  "$opd" teacher probe small.yaml "$program"
  "$opd" train small.yaml "$program" stages.1.steps=2 --out "$work/transformers" --quiet
  grep -q '"state":"done"' "$work/transformers/status.json"
else
  echo "transformers: skipped, $python cannot import it"
fi
echo "python-teacher: done"
