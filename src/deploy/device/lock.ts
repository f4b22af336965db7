import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { DeviceError } from '../../errors.js';
import { quote } from '../../ssh/quote.js';
import { folderWord, noteProcess, runScript, ScriptFailure, type Site } from './script.js';

/** Between signs of life of a lock's holder, ms. */
const beat = 5000;
/** A holder that gave none for so long is taken for dead, ms; as seen by who waits, so that clocks play no part. */
const silence = 4 * beat;

export interface LockOptions {
  /** Who holds it, for others: "anna@laptop, run 20261128-…". */
  readonly who: string;
  /** How long to wait for another one, ms. */
  readonly wait: number;
  /** Told once who it is that holds the lock. */
  readonly onWait?: (holder: string) => void;
}

/** A lock on what lies on a device under one name. */
export interface Lock {
  /** With the token that scripts prove with that they may change something. */
  readonly site: Site;
  release(): Promise<void>;
}

/**
 * The holder is a process on the device, which ends with the connection and takes the lock with it. It reads a sign of life every
 * few seconds: a connection whose other end is gone may stay open for hours. One line, for login shells that take no more.
 */
const keeper = (site: Site, who: string): string =>
  [
    'umask 022',
    `b=${folderWord(site.root)}/${quote(site.name)}`,
    'mkdir -p "$b" || exit 3',
    // Tried again, as it may have been let go between the two looks; and for the words of the system where it cannot be made.
    'mkdir "$b/lock" 2>/dev/null || { test -d "$b/lock" && exit 4; mkdir "$b/lock" || { test -d "$b/lock" && exit 4; exit 3; }; }',
    `t=${site.token}`,
    'L=$b/lock',
    'end() { test "$(cat "$L/token" 2>/dev/null)" = "$t" && rm -rf "$L"; }',
    'trap end EXIT',
    'trap "exit 1" HUP INT TERM PIPE',
    noteProcess('"$L/holder"'),
    `printf '%s\\n' ${quote(who)} >"$L/who"`,
    'date -u +%Y-%m-%dT%H:%M:%SZ >"$L/since"',
    'printf "%s\\n" "$t" >"$L/token"',
    'echo edgeml-locked',
    'while IFS= read -r n; do printf "%s\\n" "$n" >"$L/beat" || exit 1; done',
  ].join('; ');

/**
 * Takes the lock, waiting for who has it. A lock whose holder is dead, was before the last start of the device, or is silent, is
 * taken away. Throws DeviceError, with who holds it, where that takes longer than `wait`, and where no folder can be made.
 */
export async function acquire(place: Omit<Site, 'token'>, options: LockOptions): Promise<Lock> {
  const site: Site = { ...place, token: randomBytes(8).toString('hex') };
  const begun = performance.now();
  let seen: { token: string; beat: string; since: number } | undefined;
  let told = '';
  for (;;) {
    const lock = await tryLock(site, options.who);
    if (lock) return lock;
    const state = await holderOf(site);
    if (!state) continue;
    const now = performance.now();
    if (seen?.token !== state.token || seen.beat !== state.beat) seen = { token: state.token, beat: state.beat, since: now };
    // Looked at again at once where that went well; where the lock cannot be moved, waiting is all that is left.
    if ((state.process === 'dead' || now - seen.since > silence) && (await takeAway(site, state.token))) continue;
    const holder = `${state.who || 'somebody'}${state.since ? ` since ${state.since}` : ''}`;
    if (holder !== told) options.onWait?.(holder);
    told = holder;
    if (now - begun > options.wait) {
      throw new DeviceError(
        `${site.connection.name} is being updated by ${holder}. Wait until that has ended, or let edgeml wait longer with --lock-wait.`,
      );
    }
    await sleep(Math.min(1000, Math.max(100, options.wait / 10)));
  }
}

/** undefined where somebody else holds it. */
async function tryLock(site: Site, who: string): Promise<Lock | undefined> {
  const { connection } = site;
  let release: () => void = () => {};
  const released = new Promise<undefined>((done) => {
    release = () => done(undefined);
  });
  let locked: () => void = () => {};
  const taken = new Promise<'locked'>((done) => {
    locked = () => done('locked');
  });
  let said = '';
  const ended = connection.exec(`sh -c ${quote(keeper(site, who))}`, {
    title: 'the lock',
    stdin: beats(released),
    onStdout(chunk) {
      said += chunk.toString('latin1');
      if (said.includes('edgeml-locked')) locked();
    },
  });
  ended.catch(() => {});
  const first = await Promise.race([taken, ended]);
  if (first === 'locked') {
    return {
      site,
      async release() {
        release();
        // Where the connection is lost there is nobody to tell, and the device notices by itself.
        await ended.catch(() => {});
      },
    };
  }
  release();
  if (first.code === 4) return undefined;
  throw new ScriptFailure(connection, 'folder', first.stderr.trim().split('\n').slice(-1)[0] || `status ${first.code}`);
}

async function* beats(released: Promise<undefined>): AsyncGenerator<Uint8Array> {
  for (let n = 0; ; n++) {
    yield Buffer.from(`${n}\n`);
    const timer = new AbortController();
    const tick = sleep(beat, 'tick', { signal: timer.signal, ref: false }).catch(() => undefined);
    if ((await Promise.race([tick, released])) !== 'tick') {
      timer.abort();
      return;
    }
  }
}

async function holderOf(site: Site) {
  try {
    const answer = await runScript(site, ['lock-state'], {}, { title: 'the look at the lock' });
    const word = (key: string): string => answer.first(key) ?? '';
    return { token: word('token'), who: word('who'), since: word('since'), beat: word('beat'), process: word('process') };
  } catch (error) {
    if (error instanceof ScriptFailure && error.word === 'free') return undefined;
    throw error;
  }
}

/** Whether a stale lock is gone. */
async function takeAway(site: Site, token: string): Promise<boolean> {
  try {
    await runScript(site, ['unlock-stale'], { stale: token }, { title: 'taking a stale lock away' });
    return true;
  } catch (error) {
    if (error instanceof ScriptFailure && error.word === 'lock-changed') return false;
    throw error;
  }
}
