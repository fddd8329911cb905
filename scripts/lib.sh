# Shared by the scripts beside it, which source it: prints a command, then runs it.
# shellcheck shell=bash
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

dry_run=false

# Prints the command as it can be pasted, and runs it unless --dry-run was given.
run() {
  printf '+'
  printf ' %q' "$@"
  printf '\n'
  if ! "$dry_run"; then
    "$@"
  fi
}

# Runs unit tests of the coordinator: a pattern of tests, then options for Maven.
unit_tests() {
  run ./mvnw -q -pl coordinator -am test "-Dtest=$1" -Dsurefire.failIfNoSpecifiedTests=false "${@:2}"
}

# Runs the integration tests that options for Maven choose, and no unit test.
without_unit_tests() { run ./mvnw -B verify -Dtest=none -Dsurefire.failIfNoSpecifiedTests=false "$@"; }

# Runs integration tests and no unit test: a pattern of tests, then options for Maven.
integration_tests() { without_unit_tests "-Dit.test=$1" "${@:2}"; }

# Prints the help text to standard error and ends with status 2.
misused() {
  echo "$1" >&2
  echo >&2
  usage >&2
  exit 2
}

# Parses --help and --dry-run, and runs the sub-command as the function sub_NAME.
main() {
  while [[ ${1-} == -* ]]; do
    case $1 in
      -h | --help)
        usage
        exit 0
        ;;
      -n | --dry-run) dry_run=true ;;
      *) misused "unknown option $1" ;;
    esac
    shift
  done
  if [[ $# -eq 0 ]]; then
    misused 'no sub-command'
  fi
  local name=${1//-/_}
  if ! declare -F "sub_$name" >/dev/null; then
    misused "unknown sub-command $1"
  fi
  shift
  if [[ ${1-} == -h || ${1-} == --help ]]; then
    usage
    exit 0
  fi
  "sub_$name" "$@"
}

# The first argument unless it is an option or missing, else a default; takes the default first.
value_or() {
  if [[ $# -gt 1 && $2 != -* ]]; then
    echo "$2"
  else
    echo "$1"
  fi
}

# How many arguments value_or took from the given ones: 0 or 1.
taken() {
  if [[ $# -gt 0 && $1 != -* ]]; then
    echo 1
  else
    echo 0
  fi
}
