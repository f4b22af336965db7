# Field elements modulo p = 2^255 - 19 in nothing but the shell's own 64-bit arithmetic. A number is a list of limbs of 26 bits,
# the low one first; a field element has 10 of them. Limbs may be negative: `>> 26` rounds down and `& M`, with M = 2^26 - 1, is
# what it leaves, so that carries work for either sign. Results are left in $r. Nothing here is secret, so that it need not take
# the same time for every number.
# Everything runs in the subshell of verify_signature: no variable is left behind.
# shellcheck disable=SC2086

vs_zero='0 0 0 0 0 0 0 0 0 0'
vs_one='1 0 0 0 0 0 0 0 0 0'

# vs_limbs BYTES...: limbs of a number whose low byte comes first.
vs_limbs() {
  r='' limb=0 bits=0
  for byte; do
    limb=$((limb | byte << bits)) bits=$((bits + 8))
    if [ "$bits" -ge 26 ]; then
      r="$r$((limb & M)) " limb=$((limb >> 26)) bits=$((bits - 26))
    fi
  done
  r=$r$limb
}

# vs_plus A B, vs_minus A B: without carries.
vs_plus() {
  r="$(($1 + ${11})) $(($2 + ${12})) $(($3 + ${13})) $(($4 + ${14})) $(($5 + ${15}))"
  r="$r $(($6 + ${16})) $(($7 + ${17})) $(($8 + ${18})) $(($9 + ${19})) $((${10} + ${20}))"
}
vs_minus() {
  r="$(($1 - (${11}))) $(($2 - (${12}))) $(($3 - (${13}))) $(($4 - (${14}))) $(($5 - (${15})))"
  r="$r $(($6 - (${16}))) $(($7 - (${17}))) $(($8 - (${18}))) $(($9 - (${19}))) $((${10} - (${20})))"
}

# vs_times A B: limbs below 2^29 in size give columns below 10 * 2^58, which leaves room for what is folded and carried. Those of
# the result are between -2^19 and 2^26 + 2^19, so that a sum of up to 4 of them can be multiplied again. What comes behind the 20
# limbs is not looked at.
vs_times() {
  a0=$1 a1=$2 a2=$3 a3=$4 a4=$5 a5=$6 a6=$7 a7=$8 a8=$9 a9=${10}
  b0=${11} b1=${12} b2=${13} b3=${14} b4=${15} b5=${16} b6=${17} b7=${18} b8=${19} b9=${20}
  c0=$((a0*b0)) c1=$((a0*b1+a1*b0)) c2=$((a0*b2+a1*b1+a2*b0)) c3=$((a0*b3+a1*b2+a2*b1+a3*b0))
  c4=$((a0*b4+a1*b3+a2*b2+a3*b1+a4*b0)) c5=$((a0*b5+a1*b4+a2*b3+a3*b2+a4*b1+a5*b0))
  c6=$((a0*b6+a1*b5+a2*b4+a3*b3+a4*b2+a5*b1+a6*b0)) c7=$((a0*b7+a1*b6+a2*b5+a3*b4+a4*b3+a5*b2+a6*b1+a7*b0))
  c8=$((a0*b8+a1*b7+a2*b6+a3*b5+a4*b4+a5*b3+a6*b2+a7*b1+a8*b0))
  c9=$((a0*b9+a1*b8+a2*b7+a3*b6+a4*b5+a5*b4+a6*b3+a7*b2+a8*b1+a9*b0))
  c10=$((a1*b9+a2*b8+a3*b7+a4*b6+a5*b5+a6*b4+a7*b3+a8*b2+a9*b1)) c11=$((a2*b9+a3*b8+a4*b7+a5*b6+a6*b5+a7*b4+a8*b3+a9*b2))
  c12=$((a3*b9+a4*b8+a5*b7+a6*b6+a7*b5+a8*b4+a9*b3)) c13=$((a4*b9+a5*b8+a6*b7+a7*b6+a8*b5+a9*b4))
  c14=$((a5*b9+a6*b8+a7*b7+a8*b6+a9*b5)) c15=$((a6*b9+a7*b8+a8*b7+a9*b6)) c16=$((a7*b9+a8*b8+a9*b7)) c17=$((a8*b9+a9*b8))
  c18=$((a9*b9))
  vs_fold
}

# vs_square A: vs_times A A.
vs_square() {
  a0=$1 a1=$2 a2=$3 a3=$4 a4=$5 a5=$6 a6=$7 a7=$8 a8=$9 a9=${10}
  c0=$((a0*a0)) c1=$((2*a0*a1)) c2=$((2*a0*a2+a1*a1)) c3=$((2*(a0*a3+a1*a2))) c4=$((2*(a0*a4+a1*a3)+a2*a2))
  c5=$((2*(a0*a5+a1*a4+a2*a3))) c6=$((2*(a0*a6+a1*a5+a2*a4)+a3*a3)) c7=$((2*(a0*a7+a1*a6+a2*a5+a3*a4)))
  c8=$((2*(a0*a8+a1*a7+a2*a6+a3*a5)+a4*a4)) c9=$((2*(a0*a9+a1*a8+a2*a7+a3*a6+a4*a5))) c10=$((2*(a1*a9+a2*a8+a3*a7+a4*a6)+a5*a5))
  c11=$((2*(a2*a9+a3*a8+a4*a7+a5*a6))) c12=$((2*(a3*a9+a4*a8+a5*a7)+a6*a6)) c13=$((2*(a4*a9+a5*a8+a6*a7)))
  c14=$((2*(a5*a9+a6*a8)+a7*a7)) c15=$((2*(a6*a9+a7*a8))) c16=$((2*a7*a9+a8*a8)) c17=$((2*a8*a9)) c18=$((a9*a9))
  vs_fold
}

# The columns c0..c18 as a field element. 2^260 = 32 * 2^255 is 608 modulo p; the upper columns are carried before they are
# multiplied by it, because 608 of them would not fit.
vs_fold() {
  c11=$((c11 + (c10 >> 26))) c12=$((c12 + (c11 >> 26))) c13=$((c13 + (c12 >> 26))) c14=$((c14 + (c13 >> 26)))
  c15=$((c15 + (c14 >> 26))) c16=$((c16 + (c15 >> 26))) c17=$((c17 + (c16 >> 26))) c18=$((c18 + (c17 >> 26)))
  c0=$((c0 + 608 * (c10 & M))) c1=$((c1 + 608 * (c11 & M) + (c0 >> 26))) c2=$((c2 + 608 * (c12 & M) + (c1 >> 26)))
  c3=$((c3 + 608 * (c13 & M) + (c2 >> 26))) c4=$((c4 + 608 * (c14 & M) + (c3 >> 26))) c5=$((c5 + 608 * (c15 & M) + (c4 >> 26)))
  c6=$((c6 + 608 * (c16 & M) + (c5 >> 26))) c7=$((c7 + 608 * (c17 & M) + (c6 >> 26))) c8=$((c8 + 608 * (c18 & M) + (c7 >> 26)))
  c9=$((c9 + 608 * (c18 >> 26) + (c8 >> 26)))
  c0=$(((c0 & M) + 19 * (c9 >> 21))) c1=$(((c1 & M) + (c0 >> 26)))
  r="$((c0 & M)) $c1 $((c2 & M)) $((c3 & M)) $((c4 & M)) $((c5 & M)) $((c6 & M)) $((c7 & M)) $((c8 & M)) $((c9 & 0x1fffff))"
}

# vs_carry N A: A + N with each limb in its range; what is above 2^255 is left in $q.
vs_carry() {
  c0=$(($1 + $2)) c1=$(($3 + (c0 >> 26))) c2=$(($4 + (c1 >> 26))) c3=$(($5 + (c2 >> 26))) c4=$(($6 + (c3 >> 26)))
  c5=$(($7 + (c4 >> 26))) c6=$(($8 + (c5 >> 26))) c7=$(($9 + (c6 >> 26))) c8=$((${10} + (c7 >> 26))) c9=$((${11} + (c8 >> 26)))
  q=$((c9 >> 21))
  r="$((c0 & M)) $((c1 & M)) $((c2 & M)) $((c3 & M)) $((c4 & M)) $((c5 & M)) $((c6 & M)) $((c7 & M)) $((c8 & M)) $((c9 & 0x1fffff))"
}

# vs_reduce A: the one form of A between 0 and p - 1. What is above 2^255 comes in again at the bottom, 19 times, until nothing is
# left there; what is not below p by then is what 19 more carry over 2^255.
vs_reduce() {
  vs_carry 0 "$@"
  vs_carry $((19 * q)) $r
  vs_carry $((19 * q)) $r
  reduced=$r
  vs_carry 19 $reduced
  vs_carry $((19 * q)) $reduced
}
vs_is_zero() {
  vs_reduce "$@"
  [ "$r" = "$vs_zero" ]
}

# vs_squares N A: A^(2^N).
vs_squares() {
  count=$1
  shift
  r=$*
  while [ "$count" -gt 0 ]; do
    vs_square $r
    count=$((count - 1))
  done
}

# vs_power A: A^11 in $p11 and A^(2^250 - 1) in $p250, from which both powers that are needed are few steps away.
vs_power() {
  vs_squares 1 "$@"; p2=$r
  vs_squares 2 $p2; vs_times $r "$@"; p9=$r
  vs_times $p9 $p2; p11=$r
  vs_squares 1 $p11; vs_times $r $p9; p5=$r
  vs_squares 5 $p5; vs_times $r $p5; p10=$r
  vs_squares 10 $p10; vs_times $r $p10; p20=$r
  vs_squares 20 $p20; vs_times $r $p20
  vs_squares 10 $r; vs_times $r $p10; p50=$r
  vs_squares 50 $p50; vs_times $r $p50; p100=$r
  vs_squares 100 $p100; vs_times $r $p100
  vs_squares 50 $r; vs_times $r $p50; p250=$r
}
