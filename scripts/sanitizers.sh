#!/usr/bin/env bash
# Builds everything with a sanitizer, in a folder of its own, and runs the tests of every room with it.
# Usage: scripts/sanitizers.sh address|thread [FOLDER]     e.g. scripts/sanitizers.sh thread /tmp/thread
# A finding ends a room with another status than 0. Leaks are not looked for: Swift's runtime and Dispatch keep what they made.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/setup.sh
. scripts/setup.sh

sanitizer=${1:?address or thread}
folder=${2:-.build/$sanitizer}
export ASAN_OPTIONS=detect_leaks=0 OPD_EXAMPLE=1
# What looks like a race because the libraries are not built with the sanitizer, each with its reason.
export TSAN_OPTIONS="suppressions=$PWD/scripts/thread-sanitizer.txt"

say "Building with the $sanitizer sanitizer"
swift build --build-tests --sanitize="$sanitizer" --scratch-path "$folder"
failed=0
for room in Tests/*Tests; do
  room=$(basename "$room")
  say "$room"
  swift test --skip-build --disable-xctest --sanitize="$sanitizer" --scratch-path "$folder" --filter "^$room\." 2>&1 |
    grep -E 'Test run with|✘|Sanitizer' || failed=1
done
[ "$failed" -eq 0 ]
