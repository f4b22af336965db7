# Keeps the first `keep` bytes of a file that was sent in part. Set before: part, keep.
guard
file=$incoming/$digest/$part
if [ "$keep" -eq 0 ]; then
  rm -f "$file"
else
  # Beside the tree: a file of the bundle may be called anything, and be a link into a release that runs.
  head -c "$keep" "$file" >"$incoming/$digest/cut" && rename "$incoming/$digest/cut" "$file" || fail write "$file"
fi
say cut yes
