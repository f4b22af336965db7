# Takes a lock away whose holder is dead or silent. Set before: stale (the token it was held with).
[ "$(cat "$base/lock/token" 2>/dev/null)" = "$stale" ] || fail lock-changed
aside=$base/lock.$token
rename "$base/lock" "$aside" || fail lock-changed
if [ "$(cat "$aside/token" 2>/dev/null)" != "$stale" ]; then
  # Somebody else was faster and has taken it anew in between: it is theirs.
  rename "$aside" "$base/lock"
  fail lock-changed
fi
holder_pid='' holder_started='' holder_boot=''
read_fields "$aside/holder" holder_
same_process "$holder_pid" "$holder_started" "$holder_boot" && kill -9 "$holder_pid" 2>/dev/null
rm -rf "$aside"
say unlocked yes
