# Ed25519's equation (RFC 8032, 5.1) on top of verify-field.sh and verify-hash.sh. A point is $x, $y, $z, $t in extended
# coordinates. Everything runs in the subshell of verify_signature: no variable is left behind.
# shellcheck disable=SC2086

# d, a square root of -1 and the base point of RFC 8032, 5.1, and the group's order L = 2^252 + c of the same place.
vs_d='56195235 47411844 25868126 20251911 28682 31357478 7604119 66702899 15608687 1343707'
vs_root='34513072 59165138 38243406 1750207 53429016 58652137 13633939 58469549 8409025 712905'
vs_base_x='52811034 25909283 41626773 25318550 6892743 58046231 38675231 22018818 47435118 547405'
vs_base_y='40265304 26843545 40265318 26843545 40265318 26843545 40265318 26843545 40265318 1677721'
vs_order='16110573 10012311 30238081 58362846 1367801 0 0 0 0 262144'

# vs_decode BYTES...: the point x, y, z, t that 32 bytes stand for (RFC 8032, 5.1.3). Fails where they stand for none, or are not
# the one way to write it.
vs_decode() {
  vs_limbs "$@"
  sign=$((limb >> 21))
  y="${r% *} $((limb & 0x1fffff))"
  vs_reduce $y
  [ "$r" = "$y" ] || return 1
  vs_square $y; yy=$r
  vs_minus $yy $vs_one; u=$r
  vs_times $yy $vs_d; vs_plus $r $vs_one; v=$r
  vs_square $v; vs_times $r $v; v3=$r
  vs_square $v3; vs_times $r $v; vs_times $r $u
  # (p - 5) / 8 = 2^252 - 3 = 4 (2^250 - 1) + 1.
  uv7=$r
  vs_power $uv7
  vs_squares 2 $p250; vs_times $r $uv7; vs_times $r $v3; vs_times $r $u; x=$r
  vs_square $x; vs_times $r $v; vxx=$r
  vs_minus $vxx $u
  if ! vs_is_zero $r; then
    vs_plus $vxx $u
    vs_is_zero $r || return 1
    vs_times $x $vs_root; x=$r
  fi
  vs_reduce $x; x=$r
  if [ $((${x%% *} & 1)) -ne "$sign" ]; then
    ! vs_is_zero $x || return 1
    vs_minus $vs_zero $x; x=$r
  fi
  z=$vs_one
  vs_times $x $y; t=$r
}

# vs_double: x, y, z of twice the point; the product of $e and $h is its t (RFC 8032, 5.1.4).
vs_double() {
  vs_square $x; a=$r
  vs_square $y; b=$r
  vs_square $z; c=$r
  vs_plus $a $b; h=$r
  vs_plus $x $y; vs_square $r; vs_minus $h $r; e=$r
  vs_minus $a $b; g=$r
  vs_plus $c $c; vs_plus $r $g; f=$r
  vs_times $e $f; x=$r
  vs_times $g $h; y=$r
  vs_times $f $g; z=$r
}

# vs_prepare: the point x, y, z, t as arguments of vs_add: y - x, y + x, 2 z, 2 d t.
vs_prepare() {
  vs_minus $y $x; prepared=$r
  vs_plus $y $x; prepared="$prepared $r"
  vs_plus $z $z; prepared="$prepared $r"
  vs_times $t $vs_d; vs_plus $r $r; r="$prepared $r"
}

# vs_add PREPARED: x, y, z of the sum of x, y, z, t and a prepared point; the product of $e and $h is its t (RFC 8032, 5.1.4).
vs_add() {
  vs_minus $y $x; vs_times $r "$@"; a=$r
  shift 10
  vs_plus $y $x; vs_times $r "$@"; b=$r
  shift 10
  vs_times $z "$@"; double=$r
  shift 10
  vs_times $t "$@"; c=$r
  vs_minus $double $c; f=$r
  vs_plus $double $c; g=$r
  vs_minus $b $a; e=$r
  vs_plus $b $a; h=$r
  vs_times $e $f; x=$r
  vs_times $g $h; y=$r
  vs_times $f $g; z=$r
}

# vs_below_order S: whether the number is below L. A signature with S + L would be a second one for the same message.
vs_below_order() {
  carry=0
  for limb in $vs_order; do
    carry=$(((carry >> 26) + $1 - limb))
    shift
  done
  [ "$carry" -lt 0 ]
}

# vs_scalar LIMBS...: a number below 2^253 of the same class modulo L. From the top on, what there is so far is shifted by a limb,
# and all of it that is above 2^252, but for one, is taken away as a multiple of L = 2^252 + c: that one keeps it positive.
# The equation holds for the new number if and only if it holds for the old one: keys that were made as RFC 8032, 5.1.5, says
# are multiples of the base point, and L times such a point is 0.
vs_scalar() {
  top=
  for limb; do top="$limb $top"; done
  set -- $vs_order
  s0=0 s1=0 s2=0 s3=0 s4=0 s5=0 s6=0 s7=0 s8=0 s9=0
  for limb in $top; do
    q=$(((s9 << 8) + (s8 >> 18) - 1))
    s9=$(((s8 & 0x3ffff) + 0x40000)) s8=$s7 s7=$s6 s6=$s5
    s5=$s4 s4=$((s3 - q * $5)) s3=$((s2 - q * $4)) s2=$((s1 - q * $3)) s1=$((s0 - q * $2)) s0=$((limb - q * $1))
    s1=$((s1 + (s0 >> 26))) s2=$((s2 + (s1 >> 26))) s3=$((s3 + (s2 >> 26))) s4=$((s4 + (s3 >> 26))) s5=$((s5 + (s4 >> 26)))
    s6=$((s6 + (s5 >> 26))) s7=$((s7 + (s6 >> 26))) s8=$((s8 + (s7 >> 26))) s9=$((s9 + (s8 >> 26)))
    s0=$((s0 & M)) s1=$((s1 & M)) s2=$((s2 & M)) s3=$((s3 & M)) s4=$((s4 & M))
    s5=$((s5 & M)) s6=$((s6 & M)) s7=$((s7 & M)) s8=$((s8 & M))
  done
  r="$s0 $s1 $s2 $s3 $s4 $s5 $s6 $s7 $s8 $s9"
}

# vs_digits A B: from the top, the bits of two numbers of 10 limbs: 1 where only A has one, 2 where only B has one, 3 where both.
vs_digits() {
  r=
  while [ $# -gt 10 ]; do
    a=$1 b=${11} bits=26
    while [ $bits -gt 0 ]; do
      r="$((a & 1 | (b & 1) << 1)) $r" a=$((a >> 1)) b=$((b >> 1)) bits=$((bits - 1))
    done
    shift
  done
}

# vs_equation R A S MESSAGE: whether [S]B = R + [SHA-512(R, A, MESSAGE)]A (RFC 8032, 5.1.7), by working R out from the rest, both
# multiples at once, bit by bit. R is compared as it is written, so that no second way to write it passes. R, A and S have 32
# bytes, MESSAGE 64.
vs_equation() {
  vs_limbs $3
  scalar=$r
  vs_below_order $scalar || return 1
  vs_sha512 $1 $2 $4
  vs_limbs $r
  vs_scalar $r
  vs_digits $scalar $r
  digits=$r
  x=$vs_base_x y=$vs_base_y z=$vs_one
  vs_times $x $y; t=$r
  vs_prepare; base=$r
  vs_decode $2 || return 1
  vs_minus $vs_zero $x; x=$r
  vs_minus $vs_zero $t; t=$r
  vs_prepare; key=$r
  vs_add $base
  vs_times $e $h; t=$r
  vs_prepare; both=$r
  x=$vs_zero y=$vs_one z=$vs_one
  for digit in $digits; do
    vs_double
    case $digit in
      0) continue ;;
      1) point=$base ;;
      2) point=$key ;;
      3) point=$both ;;
    esac
    vs_times $e $h; t=$r
    vs_add $point
  done
  # p - 2 = 32 (2^250 - 1) + 11.
  vs_power $z
  vs_squares 5 $p250; vs_times $r $p11; inverse=$r
  vs_times $y $inverse; vs_reduce $r; y=$r
  vs_times $x $inverse; vs_reduce $r; sign=$((${r%% *} & 1))
  vs_limbs $1
  [ "${r% *} $((limb - (sign << 21)))" = "$y" ]
}
