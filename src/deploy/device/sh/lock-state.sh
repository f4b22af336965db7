# Who holds the lock, whether that process runs, and its last sign of life.
[ -d "$base/lock" ] || fail free
holder_pid='' holder_started='' holder_boot=''
[ -f "$base/lock/holder" ] && read_fields "$base/lock/holder" holder_
say token "$(cat "$base/lock/token" 2>/dev/null)"
say who "$(cat "$base/lock/who" 2>/dev/null)"
say since "$(cat "$base/lock/since" 2>/dev/null)"
say beat "$(cat "$base/lock/beat" 2>/dev/null)"
if [ -z "$holder_pid" ]; then
  say process unknown
elif same_process "$holder_pid" "$holder_started" "$holder_boot"; then
  say process runs
else
  say process dead
fi
