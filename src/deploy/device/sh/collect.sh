# Removes releases that are no longer kept, and what was left of uploads. Set before: old (digests, one a line).
guard
now=$(current_digest)
[ -z "$old" ] || echo "$old" | while IFS= read -r release; do
  if [ -z "$release" ] || [ "$release" = "$now" ]; then continue; fi
  # First out of the way: a release that is half removed must not look like one.
  mkdir -p "$incoming" && rename "$releases/$release" "$incoming/gone-$release" && say removed "$release"
done
rm -rf "$incoming" "$base"/run "$base"/lock.*
say collected yes
