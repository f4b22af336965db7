# check_release FOLDER: whether every file of a release is what SHA256SUMS says, and whether a key that the device knows has
# signed it. Ends the script where not. Needs verify_signature.
check_release() {
  [ "$(sha256_of "$1/SHA256SUMS")" = "$digest" ] || fail damaged SHA256SUMS
  damaged=$(cd "$1" && sha256sum -c SHA256SUMS 2>/dev/null | while IFS= read -r line; do
    case $line in *': OK') ;; *) printf '%s\n' "${line%%: FAILED*}" ;; esac
  done)
  [ -z "$damaged" ] || fail damaged "$(printf '%s' "$damaged" | tr '\n' '\t')"
  known=no
  for key in "$root"/trusted/*.pub; do [ -f "$key" ] && known=yes; done
  if [ "$known" = yes ]; then
    [ -f "$1/SHA256SUMS.minisig" ] || fail unsigned
    verdict=$(verify_signature "$1/SHA256SUMS" "$1/SHA256SUMS.minisig" "$root"/trusted/*.pub) || fail signature "$verdict"
  fi
}
