# enrol_keys FOLDER: makes the keys of `newkeys` (key id<tab>base64, one a line) known to the device, where one of them signed the
# release in that folder. A device that knows keys already has checked the release by those before.
enrol_keys() {
  [ -n "$newkeys" ] || return 0
  mkdir -p "$root/trusted" "$base/lock/keys" || fail folder "$root/trusted"
  echo "$newkeys" | while IFS=$tab read -r id line; do
    printf 'untrusted comment: minisign public key %s\n%s\n' "$id" "$line" >"$base/lock/keys/$id.pub"
  done
  [ -f "$1/SHA256SUMS.minisig" ] || fail unsigned
  verdict=$(verify_signature "$1/SHA256SUMS" "$1/SHA256SUMS.minisig" "$base"/lock/keys/*.pub) || fail signature "$verdict"
  for key in "$base"/lock/keys/*.pub; do
    write_whole "$root/trusted/${key##*/}" <"$key" || fail write "$root/trusted"
  done
}
