# Building of the test parts. Sourced by ./dev; needs $root and say, die. Each part is a folder
# tests/parts/NAME: a Go module, or pinned Python packages with a script; see tests/parts/README.md.

parts_dir="${SEALIFT_PARTS_DIR:-$root/build/parts}"

kubernetes_parts="etcd kube-apiserver kube-controller-manager kube-scheduler kubectl"

# NAME  PACKAGE  MODULE whose version the program shall report  VARIABLES that hold it
# ("-": the program knows its version by itself). controlplane is last: it takes the longest.
parts_table() {
  cat <<'TABLE'
crane         github.com/google/go-containerregistry/cmd/crane    github.com/google/go-containerregistry    github.com/google/go-containerregistry/cmd/crane/cmd.Version
oras          oras.land/oras/cmd/oras                             oras.land/oras                            -
referrers-registry  .                                             github.com/google/go-containerregistry    -
kwok          sigs.k8s.io/kwok/cmd/kwok                           sigs.k8s.io/kwok                          -
registry      github.com/distribution/distribution/v3/cmd/registry  github.com/distribution/distribution/v3  github.com/distribution/distribution/v3/version.version
helm          helm.sh/helm/v4/cmd/helm                            helm.sh/helm/v4                           helm.sh/helm/v4/internal/version.version
kustomize     sigs.k8s.io/kustomize/kustomize/v5                  sigs.k8s.io/kustomize/kustomize/v5        sigs.k8s.io/kustomize/api/provenance.version
cosign        github.com/sigstore/cosign/v3/cmd/cosign            github.com/sigstore/cosign/v3             sigs.k8s.io/release-utils/version.gitVersion
sigstore      .                                                   github.com/sigstore/fulcio                -
kustomize-controller  github.com/fluxcd/kustomize-controller      github.com/fluxcd/kustomize-controller      -
controlplane  .                                                   k8s.io/kubernetes                         k8s.io/component-base/version.gitVersion
TABLE
}

# NAME  SCRIPT
python_parts_table() {
  echo "python-tuf repository.py"
}

# What only the bench needs is built only when it is named.
bench_parts=" kustomize-controller "

# The version that tests/parts/NAME/go.mod pins for MODULE.
part_version() {
  awk -v module="$2" '$1 == "require" { $0 = substr($0, 9) } $1 == module { print $2; exit }' \
    "$root/tests/parts/$1/go.mod"
}

# part_stamp NAME COLUMN...: changes when the pinned modules, our own source or the row of the
# table change.
part_stamp() {
  (cd "$root/tests/parts" && find "$1" -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum &&
    echo "$@") | sha256sum
}

# part_is_built NAME COLUMN...
part_is_built() {
  [ -x "$parts_dir/bin/$1" ] &&
    [ "$(cat "$parts_dir/stamp/$1" 2>/dev/null)" = "$(part_stamp "$@")" ]
}

# build_part NAME PACKAGE MODULE VARIABLE
build_part() {
  local name="$1" package="$2" module="$3" variable="$4" version flags="-s -w" started=$SECONDS
  version="$(part_version "$name" "$module")"
  [ -n "$version" ] || die "tests/parts/$name/go.mod does not require $module"
  [ "$variable" = - ] || flags="$flags -X $variable=$version"
  if [ "$name" = controlplane ]; then
    local minor="${version#v1.}"
    flags="$flags -X ${variable%.*}.gitMajor=1 -X ${variable%.*}.gitMinor=${minor%%.*}"
  fi
  say "building the test part $name $version (once)"
  (cd "$root/tests/parts/$name" &&
    GOFLAGS=-mod=readonly GOTOOLCHAIN=local GOWORK=off CGO_ENABLED=0 \
      "$go" build -trimpath -buildvcs=false -gcflags=all=-dwarf=false -ldflags "$flags" \
      -o "$parts_dir/bin/$name.new" "$package") ||
    die "the test part $name could not be built"
  mv "$parts_dir/bin/$name.new" "$parts_dir/bin/$name"
  if [ "$name" = controlplane ]; then
    for link in $kubernetes_parts; do ln -sf controlplane "$parts_dir/bin/$link"; done
  fi
  part_stamp "$@" >"$parts_dir/stamp/$name"
  say "built $name in $((SECONDS - started)) s"
}

# build_python_part NAME SCRIPT: the packages in a folder of their own, and a launcher in bin.
build_python_part() {
  local name="$1" script="$2" folder="$parts_dir/python/$1" started=$SECONDS
  say "fetching the test part $name (once)"
  require_packages python3-pip
  rm -rf "$folder"
  python3 -m pip install --quiet --disable-pip-version-check --root-user-action ignore \
    --only-binary :all: --require-hashes --target "$folder" \
    --requirement "$root/tests/parts/$name/requirements.txt" || die "pip could not fetch $name"
  cp "$root/tests/parts/$name/$script" "$folder/$script"
  printf '#!/bin/sh\nPYTHONPATH="%s" exec python3 "%s" "$@"\n' "$folder" "$folder/$script" \
    >"$parts_dir/bin/$name.new"
  chmod +x "$parts_dir/bin/$name.new"
  mv "$parts_dir/bin/$name.new" "$parts_dir/bin/$name"
  part_stamp "$@" >"$parts_dir/stamp/$name"
  say "fetched $name in $((SECONDS - started)) s"
}

# Builds the parts named by the arguments, or all that tests need; does nothing for those that are up to date.
build_parts() {
  local row name build
  for name in "$@"; do
    [ -d "$root/tests/parts/$name" ] || die "there is no test part $name in tests/parts"
  done
  mkdir -p "$parts_dir/bin" "$parts_dir/stamp"
  exec 8>"$parts_dir/lock"  # checkouts may share one folder
  while read -r -a row; do
    if [ $# -eq 0 ]; then
      [[ "$bench_parts" != *" ${row[0]} "* ]] || continue
    else
      [[ " $* " == *" ${row[0]} "* ]] || continue
    fi
    ! part_is_built "${row[@]}" || continue
    flock 8
    if ! part_is_built "${row[@]}"; then
      build=build_python_part
      if [ -f "$root/tests/parts/${row[0]}/go.mod" ]; then
        require_go
        build=build_part
      fi
      "$build" "${row[@]}" 8>&-
    fi
    flock -u 8
  done < <(python_parts_table && parts_table)
  exec 8>&-
}
