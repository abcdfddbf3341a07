#!/usr/bin/env bash
# usage: apt-install.sh PACKAGE...   (as root; called by ./dev)
# Installs the packages without letting their services start: docker-registry's package would
# start a registry on port 5000, and at each boot; the tests start their own.
set -eu
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod 755 "$policy"
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -qq -y --no-install-recommends "$@" >/dev/null
if [[ " $* " == *" docker-registry "* ]] && command -v systemctl >/dev/null; then
  systemctl disable docker-registry >/dev/null 2>&1 || true
fi
