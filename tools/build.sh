# Building, formatting and linting. Sourced by ./dev.

jobs="${SEALIFT_JOBS:-$(nproc)}"

# build_preset PRESET [TARGET...]: configures where needed and builds all, or the targets.
# Quiet when it succeeds; the whole log when it fails.
build_preset() {
  local preset="$1" log="build/log/$1.log" started=$SECONDS
  shift
  mkdir -p build/log
  : >"$log"
  if [ "$preset" = asan ]; then
    require_packages llvm
    SEALIFT_CLANGXX="$(command -v "clang++-$(llvm_version)")" || die "clang++ is missing"
    export SEALIFT_CLANGXX
  fi
  # ccache finds objects of another checkout, too.
  export CCACHE_BASEDIR="$root" CCACHE_NOHASHDIR=1
  if [ ! -f "build/$preset/build.ninja" ]; then
    cmake --preset "$preset" >>"$log" 2>&1 || { cat "$log" >&2; die "cmake failed for $preset"; }
  fi
  local targets=()
  [ $# -eq 0 ] || targets=(--target "$@")
  cmake --build "build/$preset" --parallel "$jobs" "${targets[@]}" >>"$log" 2>&1 ||
    { cat "$log" >&2; die "the build of $preset failed"; }
  [ $((SECONDS - started)) -lt 5 ] || say "built $preset in $((SECONDS - started)) s"
}

# build_platforms ARGUMENT...: the puller for arm64 where a --platform among the arguments asks for
# it. The cross compiler comes without the libraries, so they are gathered from packages.
build_platforms() {
  [[ " $* " == *linux/arm64* ]] || return 0
  require_packages g++-aarch64-linux-gnu
  command -v aarch64-linux-gnu-g++ >/dev/null ||
    die "linux/arm64 needs the cross compiler aarch64-linux-gnu-g++; leave it out of --platform"
  packaging/image/sysroot arm64 build/sysroot-arm64 "${library_packages[@]}" ||
    die "the libraries for linux/arm64 could not be gathered; leave it out of --platform"
  build_preset release-arm64 sealift-puller
}

cxx_sources() { git ls-files --cached --others --exclude-standard -- '*.h' '*.cc'; }

format_sources() {
  local formatter mode=(-i)
  formatter="clang-format-$(llvm_version)"
  [ "${1:-}" != --check ] || mode=(--dry-run -Werror)
  cxx_sources | xargs -r "$formatter" --style=file "${mode[@]}"
}

lint_sources() {
  local llvm
  llvm="$(llvm_version)"
  build_preset release
  git ls-files -- '*.cc' ':!tests/fuzz' |
    xargs -r -P "$jobs" -n 4 "clang-tidy-$llvm" -p build/release --quiet --warnings-as-errors='*'
  if command -v shellcheck >/dev/null; then
    git grep -lzE '^#!/(usr/)?bin/(env )?(ba)?sh' |
      xargs -0 shellcheck --external-sources --check-sourced
  else
    say "shellcheck is not installed; the scripts were not checked"
  fi
}
