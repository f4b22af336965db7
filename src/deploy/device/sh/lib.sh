# What every script on a device begins with. It needs a POSIX shell, sha256sum, and the plain tools of a Unix
# (cat, chmod, date, df, du, head, kill, ln, mkdir, mv, rm, sleep, tail, tr, uname, wc). Set before: root, name, digest, token.
set -u
# Messages are read by who sent the script; hooks get their own language back.
language=${LC_ALL-}
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
  # Z is one that has ended, and that nobody has asked about yet.
  [ "$1" != Z ] && echo "${20}"
}

boot_id() {
  cat /proc/sys/kernel/random/boot_id 2>/dev/null || echo unknown
}

# Which process this is, for same_process of others.
note_process() {
  printf 'pid\t%s\nstarted\t%s\nboot\t%s\n' $$ "$(started_at $$)" "$(boot_id)"
}

# Whether the process $1, started at $2 after the boot $3, still runs. Numbers of processes are given again; processes of other
# users can be seen, and not be sent a signal.
same_process() {
  [ -n "$1" ] && [ "$3" = "$(boot_id)" ] || return 1
  if [ -d /proc/self ]; then [ "$(started_at "$1")" = "$2" ]; else kill -0 "$1" 2>/dev/null; fi
}

# The release that `current` points to; nothing where there is none.
current_digest() {
  at=$(cd -P "$base/current" 2>/dev/null && pwd -P) || return 0
  if [ "${at%/*}" = "$(cd -P "$releases" 2>/dev/null && pwd -P)" ]; then echo "${at##*/}"; else echo elsewhere; fi
}

# Begins what changes something: whoever lost the lock (it was taken for dead) must not. A script goes on when its connection is
# lost, and the lock with it: whoever takes the lock next waits for it. It says that it is there before it looks for the lock.
guard() {
  busy=$base/busy.$$
  trap 'rm -f "$busy"; echo edgeml-end' EXIT
  note_process 2>/dev/null >"$busy"
  still_ours
}

still_ours() {
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

# Fields of a file of lines `key<tab>value`, as variables with the prefix $2, which no other variable has.
read_fields() {
  while IFS=$tab read -r field_key field_value; do
    case $field_key in
      *[!a-z_]* | '') ;;
      *) eval "$2$field_key=\$field_value" ;;
    esac
  done <"$1"
}
