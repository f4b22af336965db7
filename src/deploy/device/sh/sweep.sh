# Removes what uploads have left: of all bundles but this one, or with `all` set to yes of this one as well.
guard
for folder in "$incoming"/*/; do
  folder=${folder%/}
  [ -d "$folder" ] || continue
  if [ "$all" = yes ] || [ "${folder##*/}" != "$digest" ]; then
    # Out of the way first, while the lock is ours.
    still_ours
    rename "$folder" "$base/gone.$token" && rm -rf "$base/gone.$token"
  fi
done
say swept yes
