# What ./cluster and ./registry share: a folder with a supervised set of servers in it. Sourced.
# A fixture's folder: run/NAME (the command), pid/NAME, log/NAME.log, data/, supervisor.pid.

fixture_here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
parts_bin="${SEALIFT_PARTS:-${SEALIFT_PARTS_DIR:-$fixture_here/../../build/parts}/bin}"

die() {
  echo "$(basename "$0"): $*" >&2
  exit 1
}

# The programs built from tests/parts that the caller is going to use.
require_parts() {
  local name
  for name in "$@"; do
    [ -x "$parts_bin/$name" ] || die "$parts_bin/$name is missing; ./dev parts builds it"
  done
}

# A process that ended but that nobody has waited for yet counts as gone. Of a killed one the first
# thread can be a zombie while others still hold its listening socket: only the last thread's end
# closes it, and then the count of threads is one.
is_gone() {
  ! grep -qs '^State:[[:space:]]*[^ZX[:space:]]' "/proc/$1/status" &&
    ! grep -qs '^Threads:[[:space:]]*\([2-9]\|1[0-9]\)' "/proc/$1/status"
}

# is_alive PID_FILE
is_alive() { [ -f "$1" ] && ! is_gone "$(cat "$1")"; }

# wait_for SECONDS COMMAND...: polls until COMMAND succeeds; fails when the time is over.
wait_for() {
  local deadline=$((SECONDS + $1))
  shift
  until "$@"; do
    [ "$SECONDS" -lt "$deadline" ] || return 1
    sleep 0.05
  done
}

# Prints COUNT different free TCP ports of 127.0.0.1. They lie below the range from which the kernel
# serves "any port" and outgoing connections, so that neither can take a port while its server is
# stopped for a test. Two fixtures may still pick the same one: the caller starts again then.
free_ports() {
  local count="$1" port chosen=" "
  while [ "$count" -gt 0 ]; do
    port=$((20000 + SRANDOM % 12000))
    [[ "$chosen" != *" $port "* ]] || continue
    if ! (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
      chosen+="$port "
      count=$((count - 1))
    fi
  done
  printf '%s\n' "$chosen"
}

# make_fixture DIR OWNER_PID: an empty fixture in DIR with its supervisor running.
make_fixture() {
  local dir="$1" owner="$2"
  ! is_alive "$dir/supervisor.pid" || die "something is already running in $dir; stop it first"
  mkdir -p "$dir/run" "$dir/pid" "$dir/log" "$dir/data"
  rm -f "$dir"/run/* "$dir"/pid/* "$dir/control" "$dir/supervisor.pid"
  mkfifo -m 600 "$dir/control"
  # A session of its own: Ctrl-C in a terminal reaches the test, and the supervisor through it.
  setsid "$fixture_here/supervisor" "$dir" "$owner" </dev/null >>"$dir/log/supervisor.log" 2>&1 &
  wait_for 30 test -f "$dir/supervisor.pid" ||
    die "the supervisor did not start: $dir/log/supervisor.log"
}

stop_fixture() {
  local dir="$1" pid
  if is_alive "$dir/supervisor.pid"; then
    pid="$(cat "$dir/supervisor.pid")"
    kill -TERM "$pid" 2>/dev/null || true
    wait_for 30 is_gone "$pid" || die "the supervisor $pid of $dir does not end"
  fi
}

# define_server DIR NAME COMMAND...: what run_server will start.
define_server() {
  local dir="$1" name="$2"
  shift 2
  {
    printf '#!/bin/bash\nexec'
    printf ' %q' "$@"
    printf '\n'
  } >"$dir/run/$name"
  chmod 700 "$dir/run/$name"
}

# Starts a defined server and returns once its process exists.
run_server() {
  local dir="$1" name="$2"
  ! is_alive "$dir/pid/$name" || die "$name is already running in $dir"
  is_alive "$dir/supervisor.pid" || die "nothing is running in $dir"
  rm -f "$dir/pid/$name"
  echo "run $name" 1<>"$dir/control"  # "<>" never blocks, even if the supervisor just died
  wait_for 30 test -f "$dir/pid/$name" || die "the supervisor did not start $name"
}

# Kills one server, as a crash would.
kill_server() {
  local dir="$1" name="$2" pid
  is_alive "$dir/pid/$name" || return 0
  pid="$(cat "$dir/pid/$name")"
  kill -KILL "$pid" 2>/dev/null || true
  wait_for 30 is_gone "$pid" || die "$name ($pid) does not end"
  rm -f "$dir/pid/$name"
}

# Asks one server to end, and kills it when it has not after some seconds, as a kubelet does.
end_server() {
  local dir="$1" name="$2" pid
  is_alive "$dir/pid/$name" || return 0
  pid="$(cat "$dir/pid/$name")"
  kill -TERM "$pid" 2>/dev/null || true
  wait_for 3 is_gone "$pid" || true
  kill_server "$dir" "$name"
}

# wait_until_serving DIR NAME SECONDS COMMAND...: polls COMMAND while NAME lives.
# 1: it died or did not answer in time; why is in its log.
wait_until_serving() {
  local dir="$1" name="$2" deadline=$((SECONDS + $3))
  shift 3
  until "$@"; do
    is_alive "$dir/pid/$name" || return 1
    [ "$SECONDS" -lt "$deadline" ] || return 1
    sleep 0.05
  done
}

show_log() {
  echo "--- $1 ---" >&2
  tail -n 15 "$1" >&2 || true
}
