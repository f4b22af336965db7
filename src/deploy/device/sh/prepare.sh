# Makes ready for the files of a release: folders, files that the device has already, and what an earlier try has left.
# Set before: folders (one a line), links (digest<tab>path there<tab>yes for a program<tab>path), parts (paths of files to be sent).
guard
tree=$incoming/$digest/tree
# What still writes belongs to a connection that was lost.
for writer in "$incoming"/*/writers/*; do
  [ -f "$writer" ] || continue
  writer_pid='' writer_started='' writer_boot=''
  read_fields "$writer" writer_
  if same_process "$writer_pid" "$writer_started" "$writer_boot"; then
    kill -9 "$writer_pid" 2>/dev/null
    waited=0
    while same_process "$writer_pid" "$writer_started" "$writer_boot" && [ "$waited" -lt 5 ]; do
      sleep 1
      waited=$((waited + 1))
    done
  fi
  rm -f "$writer"
done

mkdir -p "$releases" "$tree" "$incoming/$digest/parts" "$incoming/$digest/writers" 2>"$base/lock/words" || fail folder "$(cat "$base/lock/words")"
printf '%s\n' "$folders" | while IFS= read -r path; do
  [ -z "$path" ] || mkdir -p "$tree/$path" "$incoming/$digest/parts/$path" || exit 1
done || fail folder "$incoming"

# A link is switched by renaming another one over it: try it before anything depends on it.
trial=$base/lock/trial
mkdir -p "$trial/a" "$trial/b" && ln -s a "$trial/current" && ln -s b "$trial/next" &&
  rename "$trial/next" "$trial/current" && [ "$(cd -P "$trial/current" && pwd -P)" = "$(cd -P "$trial/b" && pwd -P)" ] ||
  fail rename
rm -rf "$trial"

[ -z "$links" ] || printf '%s\n' "$links" | while IFS=$tab read -r from there program path; do
  [ -f "$tree/$path" ] && continue
  # Links share their permissions: those of the release that runs must not change.
  runs=no
  [ -x "$releases/$from/$there" ] && runs=yes
  [ "$runs" = "$program" ] && ln "$releases/$from/$there" "$tree/$path" 2>/dev/null && continue
  cat "$releases/$from/$there" 2>/dev/null >"$tree/$path" || rm -f "$tree/$path"
done
[ -z "$parts" ] || printf '%s\n' "$parts" | while IFS= read -r path; do
  file=$incoming/$digest/$path
  [ -f "$file" ] && say have "$path" "$(($(wc -c <"$file")))" "$(sha256_of "$file")"
done
say ready yes
