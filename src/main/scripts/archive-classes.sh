#!/usr/bin/env bash
# Starts the coordinator once, as a first run does, and keeps what the Java virtual machine has then
# learnt of its classes: a start with the archive takes about 40% less (docs/benchmarks/start-up.md).
#
#   src/main/scripts/archive-classes.sh coordinator/target/quarkus-app
#   java -XX:SharedArchiveFile=coordinator/target/quarkus-app/handfast.jsa -jar coordinator/target/quarkus-app/quarkus-run.jar
#
# The archive belongs to these very files and to this very Java: whatever is copied must keep its
# times, and with another Java it is passed over. Needs bash and a Java from 17 on, nothing else.
set -euo pipefail

if [ $# -ne 1 ] || [ ! -f "$1/quarkus-run.jar" ]; then
  echo "usage: $0 DIRECTORY: the one with quarkus-run.jar, which './mvnw -Dquick package' makes" >&2
  exit 2
fi
app=$(cd "$1" && pwd)
java="${JAVA_HOME:+$JAVA_HOME/bin/}java"
work=$(mktemp -d)
coordinator=''

finish() {
  if [ -n "$coordinator" ]; then
    kill -9 "$coordinator" 2>/dev/null || true
  fi
  rm -rf "$work"
}
trap finish EXIT

free_port() {
  local port
  for _ in $(seq 100); do
    port=$((32000 + RANDOM % 700))
    if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
      echo "$port"
      return
    fi
  done
  echo "no free port between 32000 and 32700" >&2
  exit 1
}

is_ready() {
  local line
  exec 3<>"/dev/tcp/127.0.0.1/$http" || return 1
  printf 'GET /q/health/ready HTTP/1.0\r\nHost: localhost\r\n\r\n' >&3
  read -r -t 5 line <&3 && [[ $line == *' 200 '* ]]
}

http=$(free_port)
cd "$work"
env -u QUARKUS_HTTP_HOST "$java" -XX:+UseSerialGC -Xlog:cds=off -Xlog:cds+dynamic=off \
  "-XX:ArchiveClassesAtExit=$work/handfast.jsa" \
  -Dquarkus.http.port="$http" -Dhandfast.embedded.broker-port="$(free_port)" \
  -Dhandfast.data-directory="$work/data" \
  -jar "$app/quarkus-run.jar" >"$work/log" 2>&1 &
coordinator=$!

for _ in $(seq 600); do
  if ! kill -0 "$coordinator" 2>/dev/null; then
    echo "the coordinator has ended:" >&2
    cat "$work/log" >&2
    exit 1
  fi
  if (is_ready) 2>/dev/null; then
    kill "$coordinator"
    wait "$coordinator" || true
    coordinator=''
    if [ ! -s "$work/handfast.jsa" ]; then
      echo "this Java has written no archive:" >&2
      cat "$work/log" >&2
      exit 1
    fi
    mv -f "$work/handfast.jsa" "$app/handfast.jsa"
    echo "$app/handfast.jsa"
    exit 0
  fi
  sleep 0.1
done
echo "the coordinator was not ready after a minute:" >&2
cat "$work/log" >&2
exit 1
