# Keeps the first `keep` bytes of a file that was sent in part. Set before: part, keep.
guard
file=$incoming/$digest/$part
if [ "$keep" -eq 0 ]; then
  rm -f "$file"
else
  head -c "$keep" "$file" >"$file.new" && rename "$file.new" "$file" || fail write "$file"
fi
say cut yes
