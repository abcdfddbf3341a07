# The test suites and their sum. Sourced by ./dev.

passed=0
failed=0
complete=no

# add_result PASSED FAILED
add_result() {
  passed=$((passed + $1))
  failed=$((failed + $2))
}

# What the tests find in their environment: the built programs, the test parts.
export_test_environment() {
  export SEALIFT_BIN="$root/build/$1/src"
  export SEALIFT_PARTS="$parts_dir/bin"
  export SEALIFT_SOURCE="$root"
  # Of the random run: a change is judged by itself, not by chance. "./dev test" with SEALIFT_SEED=
  # plays another game each time.
  export SEALIFT_SEED="${SEALIFT_SEED-8}"
}

# The sanitized builds go on behind the suites before them, which wait for servers most of their
# time. What fails here fails again, and is told, when its suite wants it.
ahead=""
build_ahead() {
  set -m  # a group of its own, to be ended as one
  (
    renice -n 10 "$BASHPID"
    for suite in "$@"; do
      mapfile -t targets < <(suite_targets "$suite")
      (build_preset "${suite_preset[$suite]}" "${targets[@]}") || true
    done
  ) >/dev/null 2>&1 &
  ahead=$!
  set +m
}

wait_for_ahead() {
  [ -z "$ahead" ] || wait "$ahead" || true
  ahead=""
}

# build_for_tests PRESET [TARGET...]: a build that fails is one failure, and the other suites go on.
build_for_tests() {
  [ "$1" = release ] || wait_for_ahead
  (build_preset "$@") && return
  printf '%-10s FAILED to build\n' "$1"
  add_result 0 1
  return 1
}

# run_suite NAME PRESET LABEL [DIRECTORY...]: the built tests with that CTest label, below the
# directories of the build (default: tests).
run_suite() {
  local name="$1" preset="$2" label="$3" counts=(0 0) at_once="$jobs"
  shift 3
  # Those wait for servers: one more keeps the processors busy.
  [ "$label" != contract ] && [ "$label" != e2e ] || at_once=$((jobs + 1))
  [ $# -gt 0 ] || set -- tests
  export_test_environment "$preset"
  python3 "$root/tools/run_suite.py" --suite "$name" --label "$label" --jobs "$at_once" \
    --totals "build/log/$name.totals" "${@/#/build/$preset/}"
  read -r -a counts <"build/log/$name.totals"
  add_result "${counts[@]}"
}

# run_check NAME COMMAND...: one test that a command's exit status decides.
run_check() {
  local name="$1" log="build/log/$1.log"
  shift
  if "$@" >"$log" 2>&1; then
    printf '%-10s passed\n' "$name"
    add_result 1 0
  else
    cat "$log"
    printf '%-10s FAILED\n' "$name"
    add_result 0 1
  fi
}

# The CMake targets that build everything below directories of the source tree.
targets_below() {
  local directory
  for directory in "$@"; do
    [ ! -f "$directory/CMakeLists.txt" ] || printf '%s/all\n' "$directory"
  done
}

declare -A suite_preset=([asan]=asan [tsan]=tsan [fuzz]=asan)

# The CMake targets of a sanitized suite.
suite_targets() {
  case "$1" in
    asan) targets_below tests/unit/* tests/contract ;;
    tsan) targets_below tests/unit/{base,kube,oci,artifacts,members,target,puller} ;;
    fuzz) targets_below tests/fuzz ;;
  esac
}

# The suite of one sanitizer: build_and_run_sanitized PRESET LABEL
build_and_run_sanitized() {
  local preset="$1" label="$2" directories=()
  mapfile -t directories < <(suite_targets "$preset")
  build_for_tests "$preset" "${directories[@]}" || return 0
  run_suite "$preset" "$preset" "$label" "${directories[@]%/all}"
}

fuzz_names() {
  local program
  for program in build/asan/tests/fuzz/fuzz_*; do
    [ -f "$program" ] && [ -x "$program" ] && basename "$program" | sed 's/^fuzz_//'
  done
  true
}

# run_fuzzer NAME LIBFUZZER_OPTION...: finds and crashes go to build/fuzz-NAME, not among the seeds.
run_fuzzer() {
  local name="$1"
  shift
  mkdir -p "build/fuzz-$name"
  "build/asan/tests/fuzz/fuzz_$name" -artifact_prefix="build/fuzz-$name/" -timeout=20 \
    -rss_limit_mb=2048 "$@" "build/fuzz-$name" "tests/fuzz/corpus/$name"
}

fuzz_for_seconds() { run_fuzzer "$1" -max_total_time="$2"; }

run_fuzz_suite() {
  local name
  build_for_tests asan "$(suite_targets fuzz)" || return 0
  for name in $(fuzz_names); do
    # The seed makes a failure repeatable; the crashing input is kept either way.
    run_check "fuzz-$name" run_fuzzer "$name" -runs=2000 -max_total_time=10 -seed=1
  done
}

# The last line, also when the run broke off: which counts as one failure.
report_totals() {
  [ -z "$ahead" ] || kill -- "-$ahead" 2>/dev/null || true
  [ "$complete" = yes ] || failed=$((failed + 1))
  printf '%d passed, %d failed\n' "$passed" "$failed"
  [ "$failed" -eq 0 ] || exit 1
}

run_tests() {
  local suites="$*" suite later=()
  suites="${suites:---unit --contract --e2e --asan --tsan --fuzz --format}"
  for suite in $suites; do
    case "$suite" in
      --unit | --contract | --e2e | --asan | --tsan | --fuzz | --format) ;;
      *) usage >&2; exit 2 ;;
    esac
  done
  trap report_totals EXIT
  mkdir -p build/log
  require_packages build test llvm
  if [[ "$suites" == *--contract* || "$suites" == *--e2e* || "$suites" == *--asan* ]]; then
    build_parts
  fi
  for suite in $suites; do
    [[ "$suite" != --@(asan|tsan|fuzz) ]] || later+=("${suite#--}")
  done
  if [[ "$suites" == *--contract* || "$suites" == *--e2e* ]] && [ "${#later[@]}" -gt 0 ]; then
    ! (build_preset release) || build_ahead "${later[@]}"
  fi
  for suite in $suites; do
    case "$suite" in
      --unit) ! build_for_tests release || run_suite unit release 'unit|structure' ;;
      --contract | --e2e)
        ! build_for_tests release || run_suite "${suite#--}" release "${suite#--}"
        ;;
      --asan) build_and_run_sanitized asan 'unit|contract' ;;
      --tsan) build_and_run_sanitized tsan unit ;;
      --fuzz) run_fuzz_suite ;;
      --format) run_check format format_sources --check ;;
    esac
  done
  complete=yes
}
