#!/bin/sh
# Decisions a second of Handfast's log and of Atomikos's, on this disk and on a slow one.
# Build first: ./mvnw -q -Pbenchmarks -Dquick -pl benchmarks -am package
# Arguments are passed on to JMH, such as "-f 3 -i 10".
set -eu
cd "$(dirname "$0")"
gcc -O2 -shared -fPIC -o target/libslowforce.so src/main/c/slowforce.c -ldl

run() {
  for threads in 1 8 64; do
    "$@" java -cp "target/classes:$(cat target/class-path.txt)" org.openjdk.jmh.Main \
      DecisionLogBenchmark -t "$threads" $options \
      -rf csv -rff "target/decision-log-$name-$threads.csv" |
      grep -E '^(# (VM version|Threads)|DecisionLogBenchmark|Benchmark )' || exit 1
  done
}

options="$*"
echo "== this disk"
name=disk
run env
echo "== a disk whose every force takes 2 ms"
name=slow
run env LD_PRELOAD="$PWD/target/libslowforce.so" SLOW_FORCE_MICROS=2000
