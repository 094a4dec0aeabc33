#!/usr/bin/env bash
# The vocabulary of the field is not that of one task: windows and their overlap are words of Sources/Tasks, and of the
# rooms that make teachers, keyframes and runs of them, but of no other.
# Usage: scripts/vocabulary.sh
set -euo pipefail
cd "$(dirname "$0")/.."

rooms=(Core Distill Curriculum Student Sweeps Analysis Records Networks Tensors Storage Statistics Plugins)
words='[Ww]indow|mIoU|IoU|\biou\b|\bR1@|GroundingT|GroundingM'

# What these words may mean elsewhere: a file of Sources and the words on the line, each with its reason.
allowed=(
  'Distill/Objectives/(TokenWeighting|ComponentPlanner\+Weighting|ObjectiveValidation)\.swift:.*window' # tokens of a response, from … to
  'Curriculum/Training(Rules|Scores)\.swift:.*window' # how many rewards are averaged
  '(Networks|Tensors)/.*[Ww]indow' # attention that looks back so many keys
  'Sweeps/Cluster/SlurmScript\.swift:.*USR1@' # a signal
)
pattern=$(IFS='|'; echo "${allowed[*]}")
found=$(cd Sources && grep -rE "$words" "${rooms[@]}" --include='*.swift' | grep -vE "^($pattern)" || true)
[ -z "$found" ] && exit 0
echo "$found"
echo "These are words of one task; say what is meant for every task, or allow the line in scripts/vocabulary.sh."
exit 1
