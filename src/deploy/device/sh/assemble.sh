# Puts a file together from parts of older releases and what was sent. Set before: path, sha256, and steps: lines
# `copy<tab>digest<tab>path<tab>offset<tab>bytes` and `sent<tab>offset<tab>bytes`.
guard
file=$incoming/$digest/tree/$path
sent=$incoming/$digest/parts/$path
# Never written into: it may be a link into a release that runs.
rm -f "$file"
printf '%s\n' "$steps" | while IFS=$tab read -r step first second third fourth; do
  case $step in
    copy) tail -c +$((third + 1)) "$releases/$first/$second" 2>/dev/null | head -c "$fourth" ;;
    sent) tail -c +$((first + 1)) "$sent" | head -c "$second" ;;
  esac
done >"$file" || fail write "$file"
if [ "$(sha256_of "$file")" = "$sha256" ]; then
  rm -f "$sent"
  say assembled yes
else
  rm -f "$file"
  say assembled no
fi
