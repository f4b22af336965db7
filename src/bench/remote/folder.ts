import { DeviceError } from '../../errors.js';
import { quote } from '../../ssh/quote.js';
import type { Connection } from '../../ssh/types.js';

/**
 * One line, for login shells that take no more. The shell waits for the end of its stdin: that comes when the folder is
 * released, and also when this process is killed or the network goes away, as soon as the SSH server there notices. Then it ends
 * what still runs and removes the folder.
 */
const keeper = [
  'umask 077',
  'd=$(mktemp -d "$(printf %s "$TMPDIR" | grep . || echo /tmp)/edgeml.XXXXXX") || exit 1',
  'end() { for p in "$d"/*.pid; do test -f "$p" && kill -9 "$(cat "$p")"; done 2>/dev/null; rm -rf "$d"; }',
  'trap end EXIT',
  'trap "exit 1" HUP INT TERM PIPE',
  'echo "$d"',
  'cat >/dev/null',
].join('; ');

/** Gives `action` a fresh folder on the device, and removes it whatever happens. Throws DeviceError where none can be made. */
export async function withFolder<T>(connection: Connection, action: (folder: string) => Promise<T>): Promise<T> {
  const held = await connection.hold(`sh -c ${quote(keeper)}`);
  // It goes into commands and is removed with all that is in it.
  if (!/^\/[^\n]*\/edgeml\.\w{6}$/.test(held.line)) {
    throw new DeviceError(`${connection.name} made no temporary folder: it said '${held.line}'. Check its login shell and TMPDIR.`);
  }
  try {
    return await action(held.line);
  } finally {
    if (connection.lost === undefined) await held.release();
  }
}
