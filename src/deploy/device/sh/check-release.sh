# check_release FOLDER: whether every file of a release is what SHA256SUMS says, and whether a key that the device knows has
# signed it. Ends the script where not. Needs verify_signature.
check_release() {
  [ "$(sha256_of "$1/SHA256SUMS")" = "$digest" ] || fail damaged SHA256SUMS
  # Counted: a sha256sum that ends early, or cannot compare, complains of nothing.
  verdict=$(cd "$1" && sha256sum -c SHA256SUMS 2>/dev/null | {
    good=0 damaged=''
    while IFS= read -r line; do
      case $line in
        *': OK') good=$((good + 1)) ;;
        *) damaged=$damaged${damaged:+$tab}${line%%: FAILED*} ;;
      esac
    done
    printf '%s\t%s\n' "$good" "$damaged"
  })
  damaged=${verdict#*"$tab"}
  [ -z "$damaged" ] || fail damaged "$damaged"
  [ "${verdict%%"$tab"*}" -eq "$(wc -l <"$1/SHA256SUMS")" ] || fail unchecked
  check_signature "$1/SHA256SUMS" "$1/SHA256SUMS.minisig"
}

# check_signature MESSAGE SIGNATURE: the second half of it.
check_signature() {
  known=no
  for key in "$root"/trusted/*.pub; do [ -f "$key" ] && known=yes; done
  [ "$known" = yes ] || return 0
  [ -f "$2" ] || fail unsigned
  verdict=$(verify_signature "$1" "$2" "$root"/trusted/*.pub) || fail signature "$verdict"
}
