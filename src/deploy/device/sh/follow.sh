# Waits until the activation of a release has ended, at most `patience` tries, and tells how far it is. `starter` is the process that
# was started for it, or nothing.
tried=0
while :; do
  # First whether it lives: what is read after its end is final.
  lives=no
  [ -n "$starter" ] && kill -0 "$starter" 2>/dev/null && lives=yes
  activation_pid='' activation_started='' activation_boot=''
  [ -f "$base/activation" ] && read_fields "$base/activation" activation_
  told=yes
  running=no
  same_process "$activation_pid" "$activation_started" "$activation_boot" && running=yes
  if [ -n "$starter" ] && { [ "$activation_pid" != "$starter" ] || [ "$activation_boot" != "$(boot_id)" ]; }; then
    # What is there is of an earlier one. This one has told nothing yet; or it ended before it could.
    told=no
    running=never
    [ "$lives" = no ] || running=yes
  fi
  tried=$((tried + 1))
  if [ "$running" != yes ] || [ "$tried" -ge "$patience" ]; then break; fi
  # Fractions of a second are no part of POSIX.
  sleep 0.1 2>/dev/null || sleep 1
done
[ "$told" = yes ] && [ -f "$base/activation" ] && while IFS= read -r line; do say activation "$line"; done <"$base/activation"
say activating "$running"
say current "$(current_digest)"
