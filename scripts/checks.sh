# Shared by the checks of ./test: each is announced, timed and counted.
# shellcheck shell=bash

passed=0
failed=0
tested=0
log=$(mktemp)
release_log=$(mktemp)
release_build=
trap 'if [ -n "$release_build" ]; then kill "$release_build" 2>/dev/null || true; fi; rm -f "$log" "$release_log"' EXIT

# check NAME COMMAND…: one check, passed if the command ends with 0; the status says which.
check() {
  local name=$1 start=$SECONDS
  shift
  say "$name"
  if "$@"; then
    passed=$((passed + 1))
    echo "    passed in $((SECONDS - start)) s"
  else
    failed=$((failed + 1))
    echo "    FAILED: $name"
    return 1
  fi
}

# check_tests NAME COMMAND…: a run of Swift Testing, whose tests are counted. None at all is a failure: a filter that
# matches nothing ends with status 0. A test that hangs is named after half an hour; no test judges by the clock itself,
# since a busy machine makes every one of them late.
check_tests() {
  local name=$1 start=$SECONDS status=0 total failures
  shift
  say "$name"
  timeout -k 10 1800 "$@" 2>&1 | tee "$log" | grep -vE ' (Test|Suite) .* (started|passed)|^\[[0-9]+/[0-9]+\]' ||
    status=${PIPESTATUS[0]}
  total=$(sed -nE 's/.*Test run with ([0-9]+) tests?.*(passed|failed).*/\1/p' "$log" | tail -n 1)
  total=${total:-0}
  failures=$(grep -cE '^[^ ]+ +Test ("|[^ ]+\().* failed after' "$log" || true)
  if [ "$status" -ne 0 ] && [ "$failures" -eq 0 ]; then failures=1; fi
  if [ "$total" -eq 0 ]; then
    echo "    FAILED: no run of tests was completed"
    unfinished
    failed=$((failed + 1))
    return 0
  fi
  [ "$failures" -le "$total" ] || total=$failures
  tested=$((tested + total))
  passed=$((passed + total - failures))
  failed=$((failed + failures))
  echo "    $((total - failures)) of $total tests passed in $((SECONDS - start)) s"
}

# The tests of the log that began and did not end.
unfinished() {
  comm -23 \
    <(sed -nE 's/^[^ ]+ +(Test ("|[^ ]+\().*) started\.$/\1/p' "$log" | sed -E 's/ with [0-9]+ test cases?$//' | sort -u) \
    <(sed -nE 's/^[^ ]+ +(Test ("|[^ ]+\().*) (passed|failed) after .*/\1/p' "$log" |
      sed -E 's/ with [0-9]+ test cases?$//' | sort -u) | sed 's/^/    not ended: /'
}

# The tests of every room, one room after another: all at once they wait for each other on few cores, and what waits for a
# program or a server waits longest (a room alone takes seconds, all of them 27 minutes on a busy machine).
check_rooms() {
  local room
  for room in Tests/*Tests; do
    room=$(basename "$room")
    check_tests "$room (debug)" swift test --skip-build --disable-xctest --filter "^$room\."
  done
}

# The tests of the numbers as release code, in a folder of their own: release code that tests can look into is not the release code
# of ./run.
release=(-c release --scratch-path .build/release-tests -Xswiftc -enable-testing)
release_targets="TensorsTests NetworksTests DistillTests TADTests"

# It is built at the lowest priority while the checks of debug code run: those wait, or keep one core busy (Runs took 244 processor
# seconds in 270), so that the other one is free.
begin_release_build() {
  OPD_TARGETS=$release_targets SWIFT_DETERMINISTIC_HASHING=1 nice -n 19 swift build --build-tests "${release[@]}" \
    >"$release_log" 2>&1 &
  release_build=$!
}

check_release_build() {
  [ -n "$release_build" ] || begin_release_build
  if check "Build of the numbers (release)" release_is_built; then
    export OPD_TARGETS=$release_targets
    check_tests "Tests of the numbers (release)" swift test --skip-build "${release[@]}" --disable-xctest
    unset OPD_TARGETS
  fi
}

release_is_built() {
  local status=0
  wait "$release_build" || status=$?
  release_build=
  [ "$status" -eq 0 ] || cat "$release_log"
  return "$status"
}

# What the compiler does not refuse: unchecked Sendable and forced tries.
no_forbidden_constructs() {
  ! grep -rnE '@unchecked Sendable|nonisolated\(unsafe\)|\btry!|fatalError\("(TODO|not implemented)' Sources
}

# The program against values that PyTorch, transformers and PEFT computed (scripts/reference-values.py); a check that is not made
# any more is a failure, too.
reference_values() {
  local last
  last=$(.build/debug/opd selftest --golden Tests/Golden | tee "$log" | tail -n 1)
  echo "    $last"
  [ "$last" = "843 passed, 0 failed, 0 unsupported" ] || { grep -v '^pass' "$log"; return 1; }
}

# The commands as a user meets them, and a sweep of short runs in a folder that is thrown away.
smoke_experiment() {
  local opd=.build/debug/opd folder sweep status=0
  "$opd" doctor || return 1
  if ! "$opd" help sweep >/dev/null 2>&1; then
    echo "    skipped: this build has no sweep"
    return 0
  fi
  folder=$(mktemp -d)
  # Windows, and a choice of answers: no room but their own knows one from the other.
  for sweep in smoke choice/smoke; do
    "$opd" sweep "experiments/$sweep.yaml" --out "$folder/$sweep" || status=$?
    if [ "$status" -eq 0 ]; then "$opd" compare "$folder/$sweep" || status=$?; fi
  done
  rm -rf "$folder"
  return "$status"
}

# The examples. That of plug-ins is a part of the build (OPD_EXAMPLE=1); `Examples/custom-plugin/check.sh` without --built makes it
# from outside, which compiles everything once more.
check_examples() {
  local example option
  for example in Examples/*/check.sh; do
    [ -e "$example" ] || continue
    option=
    if [[ "$example" == *custom-plugin* ]]; then option=--built; fi
    check "Example $(basename "$(dirname "$example")")" bash "$example" $option || true
  done
}

# The closing line, and the status.
finish() {
  if [ "$tested" -eq 0 ]; then failed=$((failed + 1)); fi
  echo "$passed passed, $failed failed"
  [ "$failed" -eq 0 ]
}
