# Looks at the device and changes nothing. Set before: names (paths of the bundle's files, one a line).
say machine "$(uname -m 2>/dev/null)"
say system "$(uname -sr 2>/dev/null)"
say user "$(id -un 2>/dev/null || echo "${USER:-}")"
if ! command -v sha256sum >/dev/null 2>&1; then
  say sha256sum missing
elif [ "$(printf abc | sha256sum 2>/dev/null)" != 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  -' ]; then
  say sha256sum wrong
elif ! echo 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  /dev/null' | sha256sum -c - >/dev/null 2>&1; then
  say sha256sum 'without -c'
else
  say sha256sum works
fi

# The nearest folder that is there: what is below it will be made.
near=$base
while [ ! -d "$near" ] && [ -n "$near" ]; do near=${near%/*}; done
near=${near:-/}
say near "$near"
[ -w "$near" ] || say unwritable "$near"
say space "$(df -Pk "$near" 2>/dev/null | tail -n 1)"
if [ -r /proc/meminfo ]; then
  while read -r key value rest; do
    case $key in MemAvailable:) say ram "$value" ;; esac
  done </proc/meminfo
fi

is_digest() {
  case $1 in *[!0-9a-f]*) return 1 ;; esac
  [ "${#1}" -eq 64 ]
}

# A link of somebody else's would be gone after a switch that fails.
if [ -e "$base/current" ] && { [ ! -L "$base/current" ] || ! is_digest "$(current_digest)"; }; then say strange "$base/current"; fi
say current "$(current_digest)"
[ -L "$base/current" ] && [ ! -d "$base/current/" ] && say dangling yes

for folder in "$releases"/*/; do
  [ -f "$folder/SHA256SUMS" ] || continue
  release=${folder%/}
  release=${release##*/}
  is_digest "$release" || continue
  say release "$release"
  while IFS= read -r line; do say sum "$release" "$line"; done <"$folder/SHA256SUMS"
  [ -f "$folder/CHUNKS" ] && say chunked "$release"
done

for key in "$root"/trusted/*.pub; do
  [ -f "$key" ] && while IFS= read -r line; do
    case $line in untrusted\ comment:* | '') ;; *) say trusted "$line" ;; esac
  done <"$key"
done

if [ -n "$digest" ] && [ -d "$incoming/$digest" ]; then
  printf '%s\n' "$names" | while IFS= read -r path; do
    for part in "$incoming/$digest/tree/$path" "$incoming/$digest/parts/$path"; do
      [ -f "$part" ] && say partial "$path" "$(($(wc -c <"$part")))"
    done
  done
fi

for folder in "$incoming"/*/; do
  folder=${folder%/}
  if [ -d "$folder" ] && [ "${folder##*/}" != "$digest" ]; then say leftover "$(du -sk "$folder" 2>/dev/null)"; fi
done

if [ -f "$base/activation" ]; then
  while IFS= read -r line; do say activation "$line"; done <"$base/activation"
  activation_pid='' activation_started='' activation_boot=''
  read_fields "$base/activation" activation_
  same_process "$activation_pid" "$activation_started" "$activation_boot" && say activating yes
fi
if [ -f "$base/history" ]; then
  tail -n 200 "$base/history" | while IFS= read -r line; do say history "$line"; done
fi
for busy in "$base"/busy.*; do
  [ -f "$busy" ] || continue
  busy_pid='' busy_started='' busy_boot=''
  read_fields "$busy" busy_
  if same_process "$busy_pid" "$busy_started" "$busy_boot"; then say busy "$busy_pid"; else say rest "$busy"; fi
done
for rest in "$incoming" "$base/run" "$base"/lock.* "$base"/gone.*; do
  if [ -e "$rest" ]; then say rest "$rest"; fi
done
if [ -d "$base/lock" ]; then
  say lock "$(cat "$base/lock/who" 2>/dev/null)" "$(cat "$base/lock/since" 2>/dev/null)"
fi
exit 0
