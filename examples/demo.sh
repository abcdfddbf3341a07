#!/usr/bin/env bash
# The whole promise in a minute, told while it runs. `./dev demo` builds the programs and calls this.
# Ends with 0 only if every step behaved as told, so it is a test as well.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"

usage() {
  cat <<'USAGE'
usage: demo.sh [--cluster] [--keep]
  --cluster  against a real Kubernetes control plane and a real registry, started for this;
             otherwise from an image layout into a directory
  --keep     leave the working directory behind, to look around in
USAGE
}

cluster="" keep=""
for argument in "$@"; do
  case "$argument" in
    --cluster) cluster=yes ;;
    --keep) keep=yes ;;
    -h | --help) usage; exit ;;
    *) usage >&2; exit 2 ;;
  esac
done

bold="" dim="" green="" red="" reset="" columns=0
if [ -t 1 ]; then
  columns="$(tput cols 2>/dev/null || echo 80)"
  if [ -z "${NO_COLOR:-}" ]; then
    bold=$'\033[1m' dim=$'\033[2m' green=$'\033[32m' red=$'\033[31m' reset=$'\033[0m'
  fi
fi

step=0
tell() {
  step=$((step + 1))
  printf '\n%s%d. %s%s\n' "$bold" "$step" "$1" "$reset"
}

die() {
  printf '\n%sdemo: %s%s\n' "$red" "$*" "$reset" >&2
  exit 1
}

indented() {
  if [ "$columns" -gt 40 ]; then
    fold -s -w $((columns - 5)) "$1" | sed 's/^/    /'
  else
    sed 's/^/    /' "$1"
  fi
}

# run_expecting STATUS COMMAND: shows the command as typed, runs exactly that, shows what it said.
run_expecting() {
  local wanted="$1" status=0
  printf '  %s$ %s%s\n' "$green" "$2" "$reset"
  bash -c "$2" >"$work/.said" 2>&1 || status=$?
  indented "$work/.said"
  [ "$status" -eq "$wanted" ] || die "that ended with $status and should have ended with $wanted"
}

run() { run_expecting 0 "$1"; }

# Exit code 3: a policy, a signature or a digest said no (docs/exit-codes.md).
refuse() {
  run_expecting 3 "$1"
  said "$2"
  printf '    %srefused, exit code 3%s\n' "$dim" "$reset"
}

# said WORDS: the last command's output must contain them.
said() { grep -qF -- "$1" "$work/.said" || die "that should have said: $1"; }

work="$(mktemp -d "${TMPDIR:-/tmp}/sealift-demo.XXXXXX")"
clean_up() {
  local status=$?
  if [ -n "$cluster" ]; then
    "$root/tests/cluster/cluster" stop "$work/.cluster" || true
    "$root/tests/cluster/registry" stop "$work/.registry" || true
  fi
  cd /
  if [ -n "$keep" ] || [ "$status" -ne 0 ]; then
    printf 'The files are in %s\n' "$work"
  else
    rm -rf "$work"
  fi
}
trap clean_up EXIT

[ -x "${SEALIFT_BIN:?run it as ./dev demo}/sealift" ] || die "there is no sealift in $SEALIFT_BIN"
export PATH="$SEALIFT_BIN:$PATH"
# Nothing of the caller's own settings shall matter, and fixed dates give everybody one digest.
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
export GIT_AUTHOR_NAME=Ada GIT_AUTHOR_EMAIL=ada@example.com
export GIT_COMMITTER_NAME=Ada GIT_COMMITTER_EMAIL=ada@example.com
unset KUBECONFIG SEALIFT_PASSWORD COSIGN_PASSWORD
at() { export GIT_AUTHOR_DATE="2026-03-02T$1Z" GIT_COMMITTER_DATE="2026-03-02T$1Z"; }
cd "$work"

if [ -n "$cluster" ]; then
  : "${SEALIFT_PARTS:?run it as ./dev demo --cluster}"
  export PATH="$SEALIFT_PARTS:$PATH"
  printf 'Starting a Kubernetes control plane and a registry in %s …\n' "$work"
  "$root/tests/cluster/registry" start "$work/.registry" --owner $$
  "$root/tests/cluster/cluster" start "$work/.cluster" --kwok --owner $$
  export KUBECONFIG="$work/.cluster/kubeconfig"
  repository="$(cat .registry/address)/shop"
  url="oci://$repository" plain=" --plain-http" insecure=$'\n    insecure: true'
  puller="sealift-puller --once --config config --state state"
else
  repository="oci-layout:carrier"
  url="$repository" plain="" insecure=""
  puller="sealift-puller --once --config config --state state --target dir:out"
fi

tell "An application is YAML in Git: a namespace, a Deployment, a custom resource, and more."
cp -r "$root/examples/shop" shop
at 10:00:00
run 'cd shop && git init -q -b main && git add . && git commit -q -m "Open the shop" && ls deploy/prod'

tell "The release pipeline has a key; the security team says in a policy that it counts."
SEALIFT_PASSWORD="$(head -c 18 /dev/urandom | base64)"
export SEALIFT_PASSWORD
mkdir config
run 'sealift key generate --output-key-prefix release'
cat >config/policy.yaml <<POLICY
apiVersion: sealift.dev/v1alpha1
kind: TrustPolicy
metadata:
  name: shop
spec:
  repositories: ["$repository"]
  signatures:
    keys:
      - name: release
        publicKey: |
$(sed 's/^/          /' release.pub)
POLICY
run 'cat config/policy.yaml'

tell "CI publishes the commit: packed, checked, signed. Every clone gives this digest."
push="sealift push $url:prod --from shop@main --path deploy/prod --sign release.key$plain"
run "$push"
said signed

tell "The operator says what is wanted; the puller checks the signature and delivers."
cat >config/delivery.yaml <<DELIVERY
apiVersion: sealift.dev/v1alpha1
kind: Delivery
metadata:
  name: shop
  namespace: shop
spec:
  artifact:
    url: $url
    tag: prod$insecure
DELIVERY
run 'cat config/delivery.yaml'
run "$puller"
said "applied=9  pruned=0"
[ -z "$cluster" ] || run 'kubectl -n shop get deployment,service,ingress,promotion'

# first: what the replay below brings back.
if [ -n "$cluster" ]; then
  first="$(sealift inspect --json "$url:prod" --plain-http | sed -n 's/^  "digest": "\(.*\)",$/\1/p')"
else
  cp -r carrier .carrier-first
fi

tell "A value changes in Git. One object differs, so one object is written."
at 11:00:00
run "cd shop && sed -i 's/replicas: 3/replicas: 4/' deploy/prod/web.yaml && git commit -qam 'Sell more' && git show --format= -U0"
run "$push"
[ -n "$cluster" ] || cp -r out .out-before
run "$puller"
said "applied=1  pruned=0  unchanged=8"
if [ -n "$cluster" ]; then
  run 'kubectl -n shop get deployment shop-web'
  said "4/4"
else
  run_expecting 1 'diff -r .out-before out --exclude .sealift'
  said "> "
fi

if [ -n "$cluster" ]; then
  tell "Somebody scales by hand. The next run sees it and gives the cluster back what Git says."
  run 'kubectl -n shop scale deployment shop-web --replicas 1'
  run "$puller"
  said "applied=1  pruned=0  unchanged=8"
  run 'kubectl -n shop get deployment shop-web'
  said "4/4"
fi

tell "The sale ends in Git, but on the way somebody changes one byte of the layer. Refused."
at 12:00:00
run "cd shop && git rm -q deploy/prod/promotion.yaml && git commit -qm 'End the winter sale'"
run "$push"
inspected="$(bash -c "sealift inspect --json $url:prod$plain")"
layer="$(grep -A4 '"layers": \[' <<<"$inspected" | grep -o 'sha256:[0-9a-f]*' | cut -d: -f2)"
if [ -n "$cluster" ]; then
  blob=".registry/blobs/docker/registry/v2/blobs/sha256/${layer:0:2}/$layer/data"
else
  blob="carrier/blobs/sha256/$layer"
fi
[ -f "$blob" ] || die "there is no layer at $blob"
cp "$blob" .layer
# Whatever the byte was, it is another one afterwards.
byte="$(od -An -tu1 -j 1000 -N 1 .layer | tr -d ' ')"
run "printf '\\x$(printf %02x $((byte ^ 1)))' | dd of=$blob bs=1 seek=1000 conv=notrunc status=none"
[ -n "$cluster" ] || { rm -r .out-before && cp -r out .out-before; }
refuse "$puller" "was changed"
if [ -n "$cluster" ]; then
  run 'kubectl -n shop get promotion'
else
  run 'diff -r .out-before out && echo "nothing was touched"'
fi
cp .layer "$blob"

tell "With the byte put back it is delivered: what left Git leaves the target."
run "$puller"
said "applied=0  pruned=1  unchanged=8"
if [ -n "$cluster" ]; then
  run 'kubectl -n shop get promotion'
  said "No resources found"
else
  run 'ls out/shop_shop'
  ! grep -q winter-sale .said || die "the promotion is still there"
fi

tell "Somebody brings the sale back with the first artifact, truly signed, under the same tag. Refused."
if [ -n "$cluster" ]; then
  run "oras tag --plain-http $repository@$first prod"
else
  run 'rm -r carrier && cp -r .carrier-first carrier'
fi
run "sealift verify $url:prod --key release.pub$plain"
refuse "$puller" "sequence"

tell "Every yes and no is on record, each line chained to the one before."
run "sed -E 's/.*\"event\":\"([a-z]+)\".*\"digest\":\"(sha256:.{12}).*/\1 \2…/' state/decisions.jsonl"
run 'sealift-puller --check-record state/decisions.jsonl'
said "chain unbroken"

printf '\n%sAll of it behaved as told.%s Next: README.md\n' "$bold" "$reset"
