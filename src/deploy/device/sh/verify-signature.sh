# verify_signature MESSAGE SIGNATURE KEY...: whether one of the public keys has signed a file, checked by nothing but the shell: the
# devices that need it most have no other program for it. MESSAGE is a file of printable ASCII lines, SIGNATURE a file as minisign
# writes it (prehashed, `ED`), each KEY a public key file of minisign; keys that cannot be read are passed over. Returns 0 and
# prints the id of the key, or returns 1 and prints one of
#   unknown-key        none of the keys has the id that stands in the signature
#   bad-signature      the key has not signed this content
#   malformed          SIGNATURE is no such signature, or MESSAGE holds something else
#   unsupported-shell  its arithmetic is not that of 64 bits which wrap: mksh has 32, ksh93 goes on in floating point
# The signature over the trusted comment is not checked: a comment decides nothing here, and the side that sends the files has
# checked it. Null bytes in MESSAGE are noticed where /proc is mounted; `read` drops them everywhere, so that what was verified is
# the text that `read` sees.
# Needs verify-hash.sh, verify-field.sh and verify-curve.sh before it.
# shellcheck disable=SC2086
verify_signature() (
  set -f
  LC_ALL=C IFS=' 
'
  M=0x3ffffff
  vs_verify "$@" && echo "$r" && exit
  echo "$reason"
  exit 1
)

vs_verify() {
  reason=unsupported-shell
  [ "$((1 << 62)) $((-3 >> 1)) $((0x7fffffffffffffff + 3))" = '4611686018427387904 -2 -9223372036854775806' ] || return 1
  reason=malformed
  vs_read "$2" 74 '69 68' || return 1
  message=$1 signer=$id
  vs_take 32 $rest
  point_bytes=$taken scalar_bytes=$rest
  reason=unknown-key
  shift 2
  for file; do
    if ! vs_read "$file" 42 '69 100' || [ "$id" != "$signer" ]; then continue; fi
    key_bytes=$rest
    if [ "$reason" = unknown-key ]; then
      reason=malformed
      [ -f "$message" ] && [ -r "$message" ] && vs_blake2b 3<"$message" || return 1
      hash=$r reason=bad-signature
    fi
    if vs_equation "$point_bytes" "$key_bytes" "$scalar_bytes" "$hash"; then
      vs_key_id $signer
      return 0
    fi
  done
  return 1
}

# vs_read FILE LENGTH ALGORITHM: the bytes in the second line of a file of minisign: $id, the 8 of the key's id, and $rest. Fails
# where the file is none, or has other bytes than LENGTH, or does not begin with ALGORITHM.
vs_read() {
  first='' second=''
  [ -f "$1" ] && [ -r "$1" ] && { IFS= read -r first && IFS= read -r second || [ -n "$second" ]; } <"$1" || return 1
  case $first in 'untrusted comment: '*) ;; *) return 1 ;; esac
  vs_base64 "$second" || return 1
  length=$2 algorithm=$3
  set -- $r
  [ $# -eq "$length" ] && [ "$1 $2" = "$algorithm" ] || return 1
  shift 2
  vs_take 8 "$@"
  id=$taken
}

# vs_take N WORDS...: the first N in $taken, the others in $rest.
vs_take() {
  n=$1 taken=''
  shift
  while [ "$n" -gt 0 ]; do
    taken="$taken $1" n=$((n - 1))
    shift
  done
  rest=$*
}

# vs_base64 TEXT: its bytes. Fails for anything but the one way to write them.
vs_base64() {
  r='' value=0 bits=0 text=${1%=}
  text=${text%=}
  [ $((${#1} % 4)) -eq 0 ] || return 1
  while [ -n "$text" ]; do
    rest=${text#?}
    before=ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/
    before=${before%%"${text%%"$rest"}"*}
    [ ${#before} -lt 64 ] || return 1
    value=$((value << 6 | ${#before})) bits=$((bits + 6)) text=$rest
    if [ $bits -ge 8 ]; then
      bits=$((bits - 8))
      r="$r $((value >> bits))" value=$((value & (1 << bits) - 1))
    fi
  done
  [ $bits -lt 6 ] && [ "$value" -eq 0 ]
}

# vs_key_id BYTES...: an id as minisign shows it: a number whose low byte comes first, in hexadecimal.
vs_key_id() {
  r=
  for byte; do
    for digit in $((byte & 15)) $((byte >> 4)); do
      set -- 0 1 2 3 4 5 6 7 8 9 A B C D E F
      shift "$digit"
      r=$1$r
    done
  done
  while [ "${r#0}" != "$r" ]; do r=${r#0}; done
}
