# Removes what uploads have left: of all bundles but this one, or with `all` set to yes of this one as well.
guard
for folder in "$incoming"/*/; do
  folder=${folder%/}
  [ -d "$folder" ] || continue
  if [ "$all" = yes ] || [ "${folder##*/}" != "$digest" ]; then rm -rf "$folder"; fi
done
say swept yes
