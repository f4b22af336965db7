# Makes ready for the files of a release: folders, files that the device has already, and what an earlier try has left.
# Set before: folders (one a line), links (digest<tab>path there<tab>path), parts (paths of files to be sent).
guard
tree=$incoming/$digest/tree
# What still writes belongs to a connection that was lost.
for writer in "$incoming"/*/writers/*; do
  [ -f "$writer" ] || continue
  pid='' started='' boot=''
  read_fields "$writer" ''
  if same_process "$pid" "$started" "$boot"; then
    kill -9 "$pid" 2>/dev/null
    waited=0
    while same_process "$pid" "$started" "$boot" && [ "$waited" -lt 5 ]; do
      sleep 1
      waited=$((waited + 1))
    done
  fi
  rm -f "$writer"
done

mkdir -p "$releases" "$tree" "$incoming/$digest/parts" "$incoming/$digest/writers" 2>"$base/lock/words" || fail folder "$(cat "$base/lock/words")"
echo "$folders" | while IFS= read -r path; do
  [ -z "$path" ] || mkdir -p "$tree/$path" "$incoming/$digest/parts/$path" "$incoming/$digest/writers/$path" || exit 1
done || fail folder "$incoming"

# A link is switched by renaming another one over it: try it before anything depends on it.
trial=$base/lock/trial
mkdir -p "$trial/a" "$trial/b" && ln -s a "$trial/current" && ln -s b "$trial/next" &&
  rename "$trial/next" "$trial/current" && [ "$(cd -P "$trial/current" && pwd -P)" = "$(cd -P "$trial/b" && pwd -P)" ] ||
  fail rename
rm -rf "$trial"

[ -z "$links" ] || echo "$links" | while IFS=$tab read -r from there path; do
  [ -f "$tree/$path" ] && continue
  ln "$releases/$from/$there" "$tree/$path" 2>/dev/null || cat "$releases/$from/$there" 2>/dev/null >"$tree/$path" || rm -f "$tree/$path"
done
[ -z "$parts" ] || echo "$parts" | while IFS= read -r path; do
  file=$incoming/$digest/$path
  [ -f "$file" ] && say have "$path" "$(($(wc -c <"$file")))" "$(sha256_of "$file")"
done
say ready yes
