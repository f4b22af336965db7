# Makes a release of the files that were sent: hashed and verified, then in place by one rename. Set before: programs (paths that
# get permission to run, one a line). Needs check_release and enrol_keys.
guard
tree=$incoming/$digest/tree
check_release "$tree"
enrol_keys "$tree"
# Folders stay writable: they have to be removed one day.
while IFS= read -r line; do chmod 444 "$tree/${line#*  }"; done <"$tree/SHA256SUMS"
[ -z "$programs" ] || echo "$programs" | while IFS= read -r path; do chmod 555 "$tree/$path"; done
flush
if [ -d "$releases/$digest" ]; then
  # It was found damaged, or it would not have been sent again.
  rename "$releases/$digest" "$incoming/$digest/damaged" || fail write "$releases/$digest"
fi
rename "$tree" "$releases/$digest" || fail write "$releases/$digest"
rm -rf "${incoming:?}/$digest"
flush
say committed yes
