# Switches to a release and looks whether it works; if not, switches back. Runs on its own, so that a connection that is lost
# leaves nothing half done. Set before: from and from_version (the release to go back to, or nothing), version, kind (deploy or
# rollback), run, by, before, after, health, golden (commands, or nothing), hook_limit, health_limit, health_retries, health_delay,
# golden_limit (seconds), job (this file; "$job.env" sets variables of the fleet for the commands, "$job.secrets" has a line for each
# text in them that nobody is to see).
state=$base/activation
output=$job.output
stamp() { date -u +%Y-%m-%dT%H:%M:%SZ; }

# A release that was cut short so often does the device no good; the one before does.
most_cuts=2
last_step='' last_digest='' last_cuts=0
[ ! -f "$state" ] || read_fields "$state" last_
cuts=0
case $last_step in
  switch | after | health | golden) [ "$last_digest" != "$digest" ] || cuts=$((${last_cuts:-0} + 1)) ;;
esac

# Tells how far it is, for whoever looks: step, and why. What devices and commands say may be nobody else's business.
at() (
  umask 077
  {
    printf 'step\t%s\nwhy\t%s\nrun\t%s\ndigest\t%s\nversion\t%s\nfrom\t%s\ncuts\t%s\nkind\t%s\n' "$1" "${2-}" "$run" "$digest" "$version" "$from" "$cuts" "$kind"
    printf 'pid\t%s\nstarted\t%s\nboot\t%s\ntime\t%s\n' $$ "$(started_at $$)" "$(boot_id)" "$(stamp)"
  } | write_whole "$state"
)

# A line that a power cut has left unfinished must not swallow the next one.
remember() (
  umask 077
  [ ! -s "$base/history" ] || [ -z "$(tail -c 1 "$base/history")" ] || echo >>"$base/history"
  printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$(stamp)" "$1" "$digest" "$version" "$run" "$by" "${2-}" "$kind" >>"$base/history"
)

# The end: what became of it, and why.
finish() {
  remember "$1" "${2-}"
  # Before it is told as ended: a release whose end is not in the history is none to go back to.
  flush
  rm -f "$job" "$job.env" "$job.secrets" "$output" "$output.late"
  at "$1" "${2-}"
  # Whoever follows waits for the end of this process: what is told as done stays done when the power fails.
  flush
  exit 0
}

switch_to() {
  rm -f "$base/next"
  ln -s "releases/$1" "$base/next" && rename "$base/next" "$base/current" && flush
}

# said LINES: puts the last lines that a command printed into words: on one line, without secrets, 300 bytes at most.
said() {
  words=$(tail -n "$1" "$output" 2>/dev/null | tr '\n\t\r' '   ' | tr -s ' ' | head -c 4000)
  while IFS= read -r secret; do
    clean=''
    while :; do
      case $words in *"$secret"*) ;; *) break ;; esac
      clean="$clean${words%%"$secret"*}***"
      words=${words#*"$secret"}
    done
    words=$clean$words
  done <"$job.secrets"
  words=$(printf %s "$words" | head -c 300)
  words=${words% }
}

# limited SECONDS COMMAND: runs it with its output in a file, and ends it when it takes too long; with all that it
# started, where there is setsid.
limited() {
  rm -f "$output.late"
  # The fleet's variables are for commands alone: any of them may be one of this script's own names, or PATH.
  set -- "$1" 'unset LC_ALL; [ -z "$2" ] || export LC_ALL="$2"; . "$0"; exec /bin/sh -c "$1"' "$job.env" "$2" "$language"
  if command -v setsid >/dev/null 2>&1; then
    setsid /bin/sh -c "$2" "$3" "$4" "$5" >"$output" 2>&1 </dev/null &
  else
    /bin/sh -c "$2" "$3" "$4" "$5" >"$output" 2>&1 </dev/null &
  fi
  task=$!
  (
    left=$1
    while [ "$left" -gt 0 ]; do
      sleep 1
      left=$((left - 1))
    done
    echo late >"$output.late"
    kill -TERM "-$task" 2>/dev/null || kill -TERM "$task" 2>/dev/null
    sleep 2
    kill -KILL "-$task" 2>/dev/null || kill -KILL "$task" 2>/dev/null
  ) >/dev/null 2>&1 &
  watcher=$!
  wait "$task"
  result=$?
  if [ -f "$output.late" ]; then
    wait "$watcher"
    ended="did not end within $1 s"
    return 1
  fi
  kill "$watcher" 2>/dev/null
  [ "$result" -eq 0 ] && return 0
  said 3
  ended="ended with status $result${words:+: $words}"
  return 1
}

back() {
  at back "$1"
  if [ -n "$from" ] && [ -d "$releases/$from" ]; then
    switch_to "$from" || finish stuck "$1; and the switch back failed"
    cd "$releases/$from" || finish stuck "$1; and the release before is gone"
  else
    { cd "$base" && rm -f "$base/current"; } || finish stuck "$1; and current could not be removed"
  fi
  export EDGEML_RELEASE="$releases/$from" EDGEML_DIGEST="$from" EDGEML_VERSION="$from_version" EDGEML_ROLLED_BACK=1
  [ -n "$from" ] || EDGEML_RELEASE=''
  [ -z "$after" ] || limited "$hook_limit" "$after" || finish rolled-back "$1; then the hook after the switch back $ended"
  finish rolled-back "$1"
}

if [ "$(cat "$base/lock/token" 2>/dev/null)" != "$token" ]; then
  rm -f "$job" "$job.env" "$job.secrets"
  exit 0
fi
export EDGEML_NAME="$name" EDGEML_VERSION="$version" EDGEML_DIGEST="$digest" EDGEML_RELEASE="$releases/$digest" EDGEML_PREVIOUS="$from"
cd "$releases/$digest" || finish failed 'the release is gone'
[ "$cuts" -lt "$most_cuts" ] || back "the switch was cut short $cuts times at the step $last_step"
if [ -n "$before" ]; then
  at before
  limited "$hook_limit" "$before" || finish failed "the hook before the switch $ended"
fi
# On the disk before the link is: a power cut must not leave a release that nobody knows to be unproven.
at switch || finish failed 'the state of the switch could not be written'
flush
switch_to "$digest" || finish failed 'current could not be switched'
if [ -n "$after" ]; then
  at after
  limited "$hook_limit" "$after" || back "the hook after the switch $ended"
fi
if [ -n "$health" ]; then
  at health
  tries=0
  until limited "$health_limit" "$health"; do
    tries=$((tries + 1))
    if [ "$tries" -gt "$health_retries" ]; then
      [ "$tries" -eq 1 ] && tried=once || tried="$tries times"
      back "the health check $ended (tried $tried)"
    fi
    sleep "$health_delay"
  done
fi
if [ -n "$golden" ]; then
  at golden
  if ! limited "$golden_limit" "$golden"; then
    [ -f "$output.late" ] && back "the golden inputs: the run $ended"
    said 1
    back "the golden inputs: ${words:-the run $ended}"
  fi
fi
finish done
