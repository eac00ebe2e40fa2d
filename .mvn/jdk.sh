# shellcheck shell=bash
# Read by ../lanewise and ../.ci/run: where a JDK 25 lies.

# Whether $1 is the home of a JDK 25 or later.
is_jdk() {
  [ -x "$1/bin/java" ] && [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 1
  local major
  major=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release")
  [ "${major:-0}" -ge 25 ]
}

# Sets `jdk` to the home of the first JDK 25 or later; fails where there is none.
find_jdk() {
  local on_path=
  if command -v java >/dev/null; then
    on_path=$(dirname "$(dirname "$(readlink -f "$(command -v java)")")")
  fi
  for jdk in "${LANEWISE_JAVA_HOME:-}" "${JAVA_HOME:-}" "$on_path" /usr/lib/jvm/* \
    "${HOME:-}"/.sdkman/candidates/java/* /Library/Java/JavaVirtualMachines/*/Contents/Home; do
    ! is_jdk "$jdk" || return 0
  done
  return 1
}
