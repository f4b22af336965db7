# Checks a release that is there already, before it is switched to, and makes new keys known. Needs check_release and enrol_keys.
guard
[ -d "$releases/$digest" ] || fail absent
check_release "$releases/$digest"
enrol_keys "$releases/$digest"
say checked yes
