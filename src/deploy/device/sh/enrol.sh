# enrol_keys FOLDER: makes keys known to the device, by a release in that folder that was checked. A device that knows no key yet
# learns those of `newkeys` (key id<tab>base64, one a line) where one of them signed the release; one that does learns those that
# stand in the release, which a known key has signed.
enrol_keys() {
  if [ "${known-no}" = yes ]; then
    for key in "$1"/KEYS/*.pub; do
      [ ! -f "$key" ] || write_whole "$root/trusted/${key##*/}" <"$key" || fail write "$root/trusted"
    done
    return 0
  fi
  [ -n "$newkeys" ] || return 0
  mkdir -p "$root/trusted" "$base/lock/keys" || fail folder "$root/trusted"
  printf '%s\n' "$newkeys" | while IFS=$tab read -r id line; do
    printf 'untrusted comment: minisign public key %s\n%s\n' "$id" "$line" >"$base/lock/keys/$id.pub"
  done
  [ -f "$1/SHA256SUMS.minisig" ] || fail unsigned
  verdict=$(verify_signature "$1/SHA256SUMS" "$1/SHA256SUMS.minisig" "$base"/lock/keys/*.pub) || fail signature "$verdict"
  # The one that signed it first: a device that knew only others would refuse this very release from then on.
  for key in "$base/lock/keys/$verdict.pub" "$base"/lock/keys/*.pub "$1"/KEYS/*.pub; do
    [ ! -f "$key" ] || write_whole "$root/trusted/${key##*/}" <"$key" || fail write "$root/trusted"
  done
  flush
}
