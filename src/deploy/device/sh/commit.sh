# Makes a release of the files that were sent: hashed and verified, then in place by one rename. Set before: programs (paths that
# get permission to run, one a line). Needs check_release and enrol_keys.
guard
tree=$incoming/$digest/tree
check_release "$tree"
still_ours
enrol_keys "$tree"
newline='
'
# Each gets its permissions once: a linked file is also one of the release that runs. Folders stay writable: they have to be
# removed one day.
while IFS= read -r line; do
  path=${line#*  }
  case $newline$programs$newline in
    *"$newline$path$newline"*) mode=555 ;;
    *) mode=444 ;;
  esac
  chmod "$mode" "$tree/$path" || fail write "$path"
done <"$tree/SHA256SUMS"
flush
if [ ! -d "$releases/$digest" ]; then
  rename "$tree" "$releases/$digest" || fail write "$releases/$digest"
else
  # It was found damaged, or it would not have been sent again. It may be the current one: file by file, so that it is never gone.
  while IFS= read -r line; do
    path=${line#*  }
    [ "$(sha256_of "$releases/$digest/$path")" = "${line%%  *}" ] && continue
    case $path in */*) mkdir -p "$releases/$digest/${path%/*}" ;; esac
    rename "$tree/$path" "$releases/$digest/$path" || fail write "$path"
  done <"$tree/SHA256SUMS"
  for own in SHA256SUMS SHA256SUMS.minisig; do
    [ ! -f "$tree/$own" ] || rename "$tree/$own" "$releases/$digest/$own" || fail write "$own"
  done
fi
rm -rf "${incoming:?}/$digest"
flush
say committed yes
