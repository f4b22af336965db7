import { UsageError } from '../../errors.js';

/** Questions that wait for their turn: two at one time would share what is typed. */
let turn: Promise<unknown> = Promise.resolve();

/** What draws on the terminal steps aside while somebody is asked something. */
export interface Aside {
  pause(): void;
  resume(): void;
}

const drawing = new Set<Aside>();

/** Has something step aside for questions. Returns the function that takes it back. */
export function stepAside(aside: Aside): () => void {
  drawing.add(aside);
  return () => drawing.delete(aside);
}

/** Reads a line from the terminal without showing it; undefined where there is no terminal. Ctrl-C ends edgeml as it does elsewhere. */
export function askHidden(question: string): Promise<string | undefined> {
  const { stdin, stderr } = process;
  if (!stdin.isTTY || !stderr.isTTY) return Promise.resolve(undefined);
  const answer = turn.then(() => ask(question));
  turn = answer.catch(() => {});
  return answer;
}

function ask(question: string): Promise<string | undefined> {
  const { stdin, stderr } = process;
  for (const aside of drawing) aside.pause();
  stderr.write(`\r\u001b[K${question}`);
  stdin.setRawMode(true);
  return new Promise((done) => {
    let text = '';
    const end = (result: string | undefined): void => {
      stdin.off('data', take);
      stdin.setRawMode(false);
      // Not read to its end, or destroyed: there may be another question.
      stdin.pause();
      stderr.write('\n');
      for (const aside of drawing) aside.resume();
      done(result);
    };
    const take = (chunk: Buffer): void => {
      const typed = [...chunk.toString('utf8')];
      for (let c = typed.shift(); c !== undefined; c = typed.shift()) {
        if (c === '\r' || c === '\n' || c === '\u0004') {
          // What was typed or pasted for the next question.
          if (typed.length > 0) stdin.unshift(Buffer.from(typed.join('')));
          end(text);
          return;
        }
        if (c === '\u0003') {
          process.kill(process.pid, 'SIGINT');
          // The signal comes first: nobody is to be told that there was no answer.
          setTimeout(() => end(undefined), 200);
          return;
        }
        if (c === '\u007f' || c === '\b') text = text.slice(0, -1);
        else text += c;
      }
    };
    stdin.on('data', take);
    stdin.resume();
  });
}

/** The password of a secret key: EDGEML_KEY_PASSWORD, else asked for. */
export const keyPassword = async (file: string): Promise<string | undefined> =>
  process.env.EDGEML_KEY_PASSWORD || (await askHidden(`Password of ${file}: `));

/** A new password, typed twice. Throws UsageError where the two differ, it is empty, or there is nobody to ask. */
export async function newPassword(): Promise<string> {
  const given = process.env.EDGEML_KEY_PASSWORD;
  if (given) return given;
  const first = await askHidden('Password to encrypt the secret key with: ');
  if (first === undefined) {
    throw new UsageError(
      'There is no terminal to ask for a password. Set EDGEML_KEY_PASSWORD, or give --no-password for a key that is not encrypted.',
    );
  }
  if (first === '') throw new UsageError('The password is empty. Type one, or give --no-password for a key that is not encrypted.');
  if ((await askHidden('The same again: ')) !== first) throw new UsageError('The two passwords differ. Nothing was written; try again.');
  return first;
}
