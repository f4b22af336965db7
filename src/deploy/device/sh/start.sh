# Starts the job (a script that was written to $job before) so that it goes on without this connection. nohup is not everywhere.
(
  trap '' HUP
  exec sh "$job"
) </dev/null >/dev/null 2>&1 &
starter=$!
say starter "$starter"
