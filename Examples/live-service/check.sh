#!/usr/bin/env bash
# Trains with a live teacher: a small completions service that is started here, in place of vLLM.
# Usage: check.sh     OPD names the opd command; it is built if there is none.
set -euo pipefail
cd "$(dirname "$0")"
opd=${OPD:-../../.build/debug/opd}
[ -x "$opd" ] || swift build --package-path ../.. --product opd
work=$(mktemp -d)
# Servers run until the other end of their standard input is closed: at the latest when this script ends.
mkfifo "$work/input"
exec 3<>"$work/input"
trap 'exec 3>&-; rm -rf "$work"' EXIT
words=$("$opd" teacher vocabulary service.yaml)

# serve NAME OPTIONS: starts a server, again each time it dies; its address is then in $url, as a setting in $at.
serve() {
  local log=$work/server-$1
  (
    exec 3>&-
    port=0
    until python3 ../../Tests/Programs/completions_server.py "$words" "$2" "{\"port\": $port}" \
      <"$work/input" >"$log" 2>>"$work/errors"; do
      [ -s "$log" ] && port=$(head -n 1 "$log")
    done
  ) &
  for _ in $(seq 200); do [ -s "$log" ] && break; sleep 0.05; done
  url="http://127.0.0.1:$(head -n 1 "$log")/v1"
  at="teacher.openai.url=$url"
}

# train NAME ARGUMENT…: a run, and what its teacher cost.
train() {
  "$opd" train service.yaml "${@:2}" --out "$work/$1" --quiet || return
  grep -o '"service":{[^}]*}' "$work/$1/ledger.json"
}

serve good '{}'
"$opd" teacher probe service.yaml "$at"
"$opd" teacher rate service.yaml "$at" --seconds 3
echo "A run that keeps every score:"
keep="teacher={cached: {folder: $work/scores, teacher: {openai: {model: stub, url: '$url'}}}}"
train calm "$keep"

echo "The same run with what was kept asks for nothing:"
train again "$keep"
cmp "$work/calm/metrics.jsonl" "$work/again/metrics.jsonl"

echo "The same run, killed and gone on with ten times:"
kills=0
for _ in $(seq 100); do
  status=0
  { timeout -s KILL "0.$((3 + kills % 4))" "$opd" train service.yaml "$at" --resume \
    --out "$work/killed" --quiet || status=$?; } 2>/dev/null
  [ "$status" -eq 137 ] && kills=$((kills + 1))
  if [ "$status" -eq 0 ] || [ "$kills" -eq 10 ]; then break; fi
done
echo "killed $kills times"
train killed "$at" --resume
cmp "$work/calm/metrics.jsonl" "$work/killed/metrics.jsonl"

echo "The same run while its server dies ten times:"
echo 10 >"$work/lives"
serve mortal "{\"lives\": \"$work/lives\", \"life\": 20}"
train mortal "$at"
cmp "$work/calm/metrics.jsonl" "$work/mortal/metrics.jsonl"
[ "$(cat "$work/lives")" = 0 ]

echo "A server whose scores are shifted by one is refused:"
serve shifted '{"mode": "shifted"}'
if "$opd" teacher probe service.yaml "$at"; then exit 1; fi
if train shifted "$at" 2>"$work/said"; then exit 1; fi
cat "$work/said"
grep -q "shifted by 1" "$work/said"
echo "live-service: done"
