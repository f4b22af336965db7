# Checks a release that is there already, before it is switched to or called good, and makes new keys known. Set before: minisig
# (the text of its signature, which may be another one than when it was sent, or nothing), learn (no: no keys). Needs check_release and enrol_keys.
guard
folder=$releases/$digest
[ -d "$folder" ] || fail absent
[ "$(sha256_of "$folder/SHA256SUMS")" = "$digest" ] || fail damaged SHA256SUMS
if [ -n "$minisig" ]; then
  printf '%s\n' "$minisig" >"$base/lock/minisig"
  if [ "$(sha256_of "$base/lock/minisig")" != "$(sha256_of "$folder/SHA256SUMS.minisig")" ]; then
    check_signature "$folder/SHA256SUMS" "$base/lock/minisig"
    still_ours
    rename "$base/lock/minisig" "$folder/SHA256SUMS.minisig" || fail write "$folder"
  fi
fi
check_release "$folder"
still_ours
[ "$learn" = no ] || enrol_keys "$folder"
say checked yes
