# BLAKE2b-512 (RFC 7693) and SHA-512 (FIPS 180-4) in nothing but the shell's own 64-bit arithmetic, which wraps. `>>` keeps the
# sign, so that each rotation masks what it shifts in. Results are left in $r: lists of numbers with spaces between them.
# Everything runs in the subshell of verify_signature: no variable is left behind.
# shellcheck disable=SC2086

# Fractions of the square roots of the first 8 primes, halves of 32 bits because larger constants than 2^63 - 1 are cut off
# (FIPS 180-4, 5.3.5; RFC 7693, 2.6 takes the same).
vs_initial='6a09e667:f3bcc908 bb67ae85:84caa73b 3c6ef372:fe94f82b a54ff53a:5f1d36f1
510e527f:ade682d1 9b05688c:2b3e6c1f 1f83d9ab:fb41bd6b 5be0cd19:137e2179'

# Fractions of the cube roots of the first 80 primes (FIPS 180-4, 4.2.3).
vs_rounds='428a2f98:d728ae22 71374491:23ef65cd b5c0fbcf:ec4d3b2f e9b5dba5:8189dbbc 3956c25b:f348b538 59f111f1:b605d019
923f82a4:af194f9b ab1c5ed5:da6d8118 d807aa98:a3030242 12835b01:45706fbe 243185be:4ee4b28c 550c7dc3:d5ffb4e2
72be5d74:f27b896f 80deb1fe:3b1696b1 9bdc06a7:25c71235 c19bf174:cf692694 e49b69c1:9ef14ad2 efbe4786:384f25e3
0fc19dc6:8b8cd5b5 240ca1cc:77ac9c65 2de92c6f:592b0275 4a7484aa:6ea6e483 5cb0a9dc:bd41fbd4 76f988da:831153b5
983e5152:ee66dfab a831c66d:2db43210 b00327c8:98fb213f bf597fc7:beef0ee4 c6e00bf3:3da88fc2 d5a79147:930aa725
06ca6351:e003826f 14292967:0a0e6e70 27b70a85:46d22ffc 2e1b2138:5c26c926 4d2c6dfc:5ac42aed 53380d13:9d95b3df
650a7354:8baf63de 766a0abb:3c77b2a8 81c2c92e:47edaee6 92722c85:1482353b a2bfe8a1:4cf10364 a81a664b:bc423001
c24b8b70:d0f89791 c76c51a3:0654be30 d192e819:d6ef5218 d6990624:5565a910 f40e3585:5771202a 106aa070:32bbd1b8
19a4c116:b8d2d0c8 1e376c08:5141ab53 2748774c:df8eeb99 34b0bcb5:e19b48a8 391c0cb3:c5c95a63 4ed8aa4a:e3418acb
5b9cca4f:7763e373 682e6ff3:d6b2b8a3 748f82ee:5defb2fc 78a5636f:43172f60 84c87814:a1f0ab72 8cc70208:1a6439ec
90befffa:23631e28 a4506ceb:de82bde9 bef9a3f7:b2c67915 c67178f2:e372532b ca273ece:ea26619c d186b8c7:21c0c207
eada7dd6:cde0eb1e f57d4f7f:ee6ed178 06f067aa:72176fba 0a637dc5:a2c898a6 113f9804:bef90dae 1b710b35:131c471b
28db77f5:23047d84 32caab7b:40c72493 3c9ebe0a:15c9bebc 431d67c4:9c100d4c 4cc5d4be:cb3e42b6 597f299c:fc657e2a
5fcb6fab:3ad6faec 6c44198c:4a475817'

# vs_words HALVES...: 64-bit words from `high:low`.
vs_words() {
  r=
  for word; do r="$r $((0x${word%:*} << 32 | 0x${word#*:}))"; done
}

# vs_bytes WORDS...: the bytes of words, the low one first.
vs_bytes() {
  r=
  for word; do
    r="$r $((word & 255)) $((word >> 8 & 255)) $((word >> 16 & 255)) $((word >> 24 & 255))"
    r="$r $((word >> 32 & 255)) $((word >> 40 & 255)) $((word >> 48 & 255)) $((word >> 56 & 255))"
  done
}

# Defines vs_blake2b_round, a round over v0..v15: the mixing function G (RFC 7693, 3.1) on 4 columns and 4 diagonals; the 16
# words of the message come as arguments in the order of the round.
vs_define_round() {
  body=
  for quarter in '0 4 8 12 1 2' '1 5 9 13 3 4' '2 6 10 14 5 6' '3 7 11 15 7 8' \
    '0 5 10 15 9 10' '1 6 11 12 11 12' '2 7 8 13 13 14' '3 4 9 14 15 16'; do
    set -- $quarter
    body="$body v$1=\$((v$1 + v$2 + \${$5})) v$4=\$((v$4 ^ v$1)) v$4=\$((v$4 >> 32 & 0xffffffff | v$4 << 32))
v$3=\$((v$3 + v$4)) v$2=\$((v$2 ^ v$3)) v$2=\$((v$2 >> 24 & 0xffffffffff | v$2 << 40))
v$1=\$((v$1 + v$2 + \${$6})) v$4=\$((v$4 ^ v$1)) v$4=\$((v$4 >> 16 & 0xffffffffffff | v$4 << 48))
v$3=\$((v$3 + v$4)) v$2=\$((v$2 ^ v$3)) v$2=\$((v$2 >> 63 & 1 | v$2 << 1))
"
  done
  eval "vs_blake2b_round() {
$body}"
}

# vs_blake2b_block LENGTH LAST WORDS...: compresses a block of 16 words into h0..h7. LENGTH counts the bytes up to its end;
# LAST is -1 for the last block, else 0. The lines are the permutations of RFC 7693, 2.7, the first two of them twice.
vs_blake2b_block() {
  v0=$h0 v1=$h1 v2=$h2 v3=$h3 v4=$h4 v5=$h5 v6=$h6 v7=$h7
  v8=$i0 v9=$i1 v10=$i2 v11=$i3 v12=$((i4 ^ $1)) v13=$i5 v14=$((i6 ^ $2)) v15=$i7
  shift 2
  m0=$1 m1=$2 m2=$3 m3=$4 m4=$5 m5=$6 m6=$7 m7=$8 m8=$9 m9=${10} m10=${11} m11=${12} m12=${13} m13=${14} m14=${15} m15=${16}
  vs_blake2b_round $m0 $m1 $m2 $m3 $m4 $m5 $m6 $m7 $m8 $m9 $m10 $m11 $m12 $m13 $m14 $m15
  vs_blake2b_round $m14 $m10 $m4 $m8 $m9 $m15 $m13 $m6 $m1 $m12 $m0 $m2 $m11 $m7 $m5 $m3
  vs_blake2b_round $m11 $m8 $m12 $m0 $m5 $m2 $m15 $m13 $m10 $m14 $m3 $m6 $m7 $m1 $m9 $m4
  vs_blake2b_round $m7 $m9 $m3 $m1 $m13 $m12 $m11 $m14 $m2 $m6 $m5 $m10 $m4 $m0 $m15 $m8
  vs_blake2b_round $m9 $m0 $m5 $m7 $m2 $m4 $m10 $m15 $m14 $m1 $m11 $m12 $m6 $m8 $m3 $m13
  vs_blake2b_round $m2 $m12 $m6 $m10 $m0 $m11 $m8 $m3 $m4 $m13 $m7 $m5 $m15 $m14 $m1 $m9
  vs_blake2b_round $m12 $m5 $m1 $m15 $m14 $m13 $m4 $m10 $m0 $m7 $m6 $m3 $m9 $m2 $m8 $m11
  vs_blake2b_round $m13 $m11 $m7 $m14 $m12 $m1 $m3 $m9 $m5 $m0 $m15 $m4 $m8 $m6 $m2 $m10
  vs_blake2b_round $m6 $m15 $m14 $m9 $m11 $m3 $m0 $m8 $m12 $m2 $m13 $m7 $m1 $m4 $m10 $m5
  vs_blake2b_round $m10 $m2 $m8 $m4 $m7 $m6 $m1 $m5 $m15 $m11 $m9 $m14 $m3 $m12 $m13 $m0
  vs_blake2b_round $m0 $m1 $m2 $m3 $m4 $m5 $m6 $m7 $m8 $m9 $m10 $m11 $m12 $m13 $m14 $m15
  vs_blake2b_round $m14 $m10 $m4 $m8 $m9 $m15 $m13 $m6 $m1 $m12 $m0 $m2 $m11 $m7 $m5 $m3
  h0=$((h0 ^ v0 ^ v8)) h1=$((h1 ^ v1 ^ v9)) h2=$((h2 ^ v2 ^ v10)) h3=$((h3 ^ v3 ^ v11))
  h4=$((h4 ^ v4 ^ v12)) h5=$((h5 ^ v5 ^ v13)) h6=$((h6 ^ v6 ^ v14)) h7=$((h7 ^ v7 ^ v15))
}

# vs_blake2b: the 64 bytes of the hash of the text on descriptor 3. Fails where it holds anything but printable ASCII and line
# feeds. `read` drops null bytes, which are then missing from the count: Linux tells how far it has read.
vs_blake2b() {
  vs_define_round
  vs_words $vs_initial
  set -- $r
  i0=$1 i1=$2 i2=$3 i3=$4 i4=$5 i5=$6 i6=$7 i7=$8
  # 64 bytes of hash, no key, one leaf (RFC 7693, 3.3).
  h0=$((i0 ^ 0x01010040)) h1=$i1 h2=$i2 h3=$i3 h4=$i4 h5=$i5 h6=$i6 h7=$i7
  words='' word=0 n=0 ended=''
  printable=' !"#$%&'\''()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\]^_`abcdefghijklmnopqrstuvwxyz{|}~'
  while [ -z "$ended" ]; do
    IFS= read -r line <&3 || ended=yes
    while [ -n "$line" ]; do
      rest=${line#?}
      before=${printable%%"${line%%"$rest"}"*}
      [ ${#before} -lt 95 ] || return 1
      vs_blake2b_byte $((${#before} + 32))
      line=$rest
    done
    [ -n "$ended" ] || vs_blake2b_byte 10
  done
  if [ -r /proc/self/fdinfo/3 ]; then
    read -r position </proc/self/fdinfo/3
    [ $((${position#pos:})) -eq "$n" ] || return 1
  fi
  set -- $words $word 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0
  vs_blake2b_block "$n" -1 "$@"
  vs_bytes "$h0" "$h1" "$h2" "$h3" "$h4" "$h5" "$h6" "$h7"
}

# vs_blake2b_byte BYTE: takes one more. A block is compressed when it is known not to be the last, which is when more comes.
vs_blake2b_byte() {
  if [ $((n & 7)) -eq 0 ] && [ "$n" -gt 0 ]; then
    words="$words $word" word=0
    if [ $((n & 127)) -eq 0 ]; then
      vs_blake2b_block "$n" 0 $words
      words=
    fi
  fi
  word=$((word | $1 << ((n & 7) * 8))) n=$((n + 1))
}

# vs_sha512 BYTES...: the 64 bytes of the hash of 128 bytes: their block, and one that holds the padding and their length in bits.
# Words of the message are complements: the padding makes -2^63, whose digits dash and zsh cannot read again in an expression.
vs_sha512() {
  block=
  while [ $# -ge 8 ]; do
    block="$block $((~($1 << 56 | $2 << 48 | $3 << 40 | $4 << 32 | $5 << 24 | $6 << 16 | $7 << 8 | $8)))"
    shift 8
  done
  vs_words $vs_rounds
  keys=$r
  vs_words $vs_initial
  set -- $r
  h0=$1 h1=$2 h2=$3 h3=$4 h4=$5 h5=$6 h6=$7 h7=$8
  vs_sha512_block $block
  vs_sha512_block $((~(1 << 63))) -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 $((~1024))
  r=
  for word in "$h0" "$h1" "$h2" "$h3" "$h4" "$h5" "$h6" "$h7"; do
    for shift in 56 48 40 32 24 16 8 0; do r="$r $((word >> shift & 255))"; done
  done
}

# vs_sha512_block WORDS...: compresses 16 words into h0..h7 (FIPS 180-4, 6.4.2). Arguments are the schedule: each round takes the
# first and adds the one that is due 16 rounds later. Rotations to the right by n are written `x >> n & mask | x << 64 - n`.
vs_sha512_block() {
  a=$h0 b=$h1 c=$h2 d=$h3 e=$h4 f=$h5 g=$h6 h=$h7
  for key in $keys; do
    t=$((h + (e & f ^ ~e & g) + key + ~$1 + ((e >> 14 & 0x3ffffffffffff | e << 50) ^
      (e >> 18 & 0x3fffffffffff | e << 46) ^ (e >> 41 & 0x7fffff | e << 23))))
    u=$(((a & b ^ a & c ^ b & c) + ((a >> 28 & 0xfffffffff | a << 36) ^
      (a >> 34 & 0x3fffffff | a << 30) ^ (a >> 39 & 0x1ffffff | a << 25))))
    h=$g g=$f f=$e e=$((d + t)) d=$c c=$b b=$a a=$((t + u))
    x=$2 y=${15}
    t=$(((~x >> 1 & 0x7fffffffffffffff | ~x << 63) ^ (~x >> 8 & 0xffffffffffffff | ~x << 56) ^ (~x >> 7 & 0x1ffffffffffffff)))
    u=$(((~y >> 19 & 0x1fffffffffff | ~y << 45) ^ (~y >> 61 & 7 | ~y << 3) ^ (~y >> 6 & 0x3ffffffffffffff)))
    x=$((~(~$1 + ~${10} + t + u)))
    shift
    set -- "$@" $x
  done
  h0=$((h0 + a)) h1=$((h1 + b)) h2=$((h2 + c)) h3=$((h3 + d)) h4=$((h4 + e)) h5=$((h5 + f)) h6=$((h6 + g)) h7=$((h7 + h))
}
