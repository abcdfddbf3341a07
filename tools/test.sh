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

# build_for_tests PRESET [TARGET...]: a build that fails is one failure, and the other suites go on.
build_for_tests() {
  (build_preset "$@") && return
  printf '%-10s FAILED to build\n' "$1"
  add_result 0 1
  return 1
}

# run_suite NAME PRESET LABEL [DIRECTORY...]: the built tests with that CTest label, below the
# directories of the build (default: tests).
run_suite() {
  local name="$1" preset="$2" label="$3" counts=(0 0)
  shift 3
  [ $# -gt 0 ] || set -- tests
  export_test_environment "$preset"
  python3 "$root/tools/run_suite.py" --suite "$name" --label "$label" --jobs "$jobs" \
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

# Suites of one sanitizer: build_and_run_sanitized PRESET LABEL DIRECTORY...
build_and_run_sanitized() {
  local preset="$1" label="$2" directories=()
  shift 2
  mapfile -t directories < <(targets_below "$@")
  [ "${#directories[@]}" -gt 0 ] || return 0
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
  build_for_tests asan tests/fuzz/all || return 0
  for name in $(fuzz_names); do
    # The seed makes a failure repeatable; the crashing input is kept either way.
    run_check "fuzz-$name" run_fuzzer "$name" -runs=2000 -max_total_time=10 -seed=1
  done
}

# The last line, also when the run broke off: which counts as one failure.
report_totals() {
  [ "$complete" = yes ] || failed=$((failed + 1))
  printf '%d passed, %d failed\n' "$passed" "$failed"
  [ "$failed" -eq 0 ] || exit 1
}

run_tests() {
  local suites="$*" suite
  suites="${suites:---unit --contract --e2e --asan --tsan --fuzz --format}"
  for suite in $suites; do
    case "$suite" in
      --unit | --contract | --e2e | --asan | --tsan | --fuzz | --format) ;;
      *) usage >&2; exit 2 ;;
    esac
  done
  trap report_totals EXIT
  require_packages build test llvm
  if [[ "$suites" == *--contract* || "$suites" == *--e2e* || "$suites" == *--asan* ]]; then
    build_parts
  fi
  for suite in $suites; do
    case "$suite" in
      --unit) ! build_for_tests release || run_suite unit release 'unit|structure' ;;
      --contract | --e2e)
        ! build_for_tests release || run_suite "${suite#--}" release "${suite#--}"
        ;;
      --asan) build_and_run_sanitized asan 'unit|contract' tests/unit/* tests/contract ;;
      --tsan) build_and_run_sanitized tsan unit tests/unit/{base,kube,oci,artifacts,members,target,puller} ;;
      --fuzz) run_fuzz_suite ;;
      --format) run_check format format_sources --check ;;
    esac
  done
  complete=yes
}
