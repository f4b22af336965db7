# Removes releases that are no longer kept, and what was left of uploads and of processes. Set before: old (digests, one a line).
guard
now=$(current_digest)
mkdir -p "$incoming" || fail folder "$incoming"
[ -z "$old" ] || printf '%s\n' "$old" | while IFS= read -r release; do
  if [ -z "$release" ] || [ "$release" = "$now" ]; then continue; fi
  # First out of the way: a release that is half removed must not look like one.
  rename "$releases/$release" "$incoming/gone-$release" && say removed "$release"
done
# The same for uploads: who has lost the lock in the meantime must not remove what the next one has begun to send.
still_ours
for part in incoming run; do
  [ ! -d "$base/$part" ] || rename "$base/$part" "$base/gone.$part.$token"
done
rm -rf "$base"/gone.* "$base"/lock.*
for busy_file in "$base"/busy.*; do
  [ -f "$busy_file" ] && [ "$busy_file" != "$busy" ] || continue
  left_pid='' left_started='' left_boot=''
  read_fields "$busy_file" left_
  same_process "$left_pid" "$left_started" "$left_boot" || rm -f "$busy_file"
done
say collected yes
