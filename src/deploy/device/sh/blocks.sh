# Digests of the blocks of a file that was sent in part and is not a beginning of what was to be sent. Set before: part, block.
file=$incoming/$digest/$part
size=$(($(wc -c <"$file")))
at=0
while [ "$at" -lt "$size" ]; do
  set -- $(tail -c +$((at + 1)) "$file" | head -c "$block" | sha256sum)
  say block "$1"
  at=$((at + block))
done
