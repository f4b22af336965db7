# What every script on a device begins with. It needs a POSIX shell, sha256sum, and the plain tools of a Unix
# (cat, chmod, date, df, du, head, kill, ln, mkdir, mv, rm, sleep, tail, tr, uname, wc). Set before: root, name, digest, token.
set -u
export LC_ALL=C
umask 022
base=$root/$name
releases=$base/releases
incoming=$base/incoming
tab=$(printf '\t')

# Login shells may print a greeting: what counts stands between these lines.
echo edgeml-begin
trap 'echo edgeml-end' EXIT

# A line of the answer: key, then values.
say() {
  said=$1
  shift
  for value in "$@"; do said=$said$tab$value; done
  printf '%s\n' "$said"
}

# Ends the script: why, in a word that the sender knows, and the system's own words.
fail() {
  say fail "$@"
  exit 0
}

# When process $1 was started, in clock ticks since the machine was (proc(5), /proc/pid/stat, field 22).
started_at() {
  stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
  # shellcheck disable=SC2086
  set -- ${stat##*) }
  echo "${20}"
}

boot_id() {
  cat /proc/sys/kernel/random/boot_id 2>/dev/null || echo unknown
}

# Whether the process $1, started at $2 after the boot $3, still runs. Numbers of processes are given again.
same_process() {
  [ -n "$1" ] && [ "$3" = "$(boot_id)" ] && kill -0 "$1" 2>/dev/null && [ "$(started_at "$1")" = "$2" ]
}

# The release that `current` points to; nothing where there is none.
current_digest() {
  at=$(cd -P "$base/current" 2>/dev/null && pwd -P) && echo "${at##*/}"
}

# Whoever lost the lock (it was taken for dead) must not change anything more.
guard() {
  [ "$(cat "$base/lock/token" 2>/dev/null)" = "$token" ] || fail lock-lost
}

sha256_of() {
  set -- $(sha256sum <"$1" 2>/dev/null)
  echo "${1:-}"
}

# rename(2), also where the target is a link to a folder, into which a plain mv would move: GNU and busybox have -T, BSD has -h.
rename() {
  mv -T "$1" "$2" 2>/dev/null || mv -h "$1" "$2" 2>/dev/null ||
    python3 -c 'import os, sys; os.rename(sys.argv[1], sys.argv[2])' "$1" "$2" 2>/dev/null ||
    perl -e 'rename($ARGV[0], $ARGV[1]) or exit 1' "$1" "$2" 2>/dev/null
}

# A file whole or not at all: from stdin to $1.
write_whole() {
  cat >"$1.new" && rename "$1.new" "$1"
}

flush() {
  sync 2>/dev/null || :
}

# Fields of a file of lines `key<tab>value`, as variables with the prefix $2.
read_fields() {
  while IFS=$tab read -r field_key field_value; do
    case $field_key in
      *[!a-z_]* | '') ;;
      *) eval "$2$field_key=\$field_value" ;;
    esac
  done <"$1"
}
