# Starts the job (a script that was written to $job before) so that it goes on without this connection. nohup is not everywhere.
(
  trap '' HUP
  # lib.sh is run again there, and looks for the language that hooks get.
  if [ -n "$language" ]; then LC_ALL=$language; else unset LC_ALL; fi
  exec sh "$job"
) </dev/null >/dev/null 2>&1 &
starter=$!
say starter "$starter"
