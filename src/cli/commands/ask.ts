import { UsageError } from '../../errors.js';

/** Questions that wait for their turn: two at one time would share what is typed. */
let turn: Promise<unknown> = Promise.resolve();

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
  stderr.write(question);
  stdin.setRawMode(true);
  return new Promise((done) => {
    let text = '';
    const end = (result: string | undefined): void => {
      stdin.off('data', take);
      stdin.setRawMode(false);
      // Not read to its end, or destroyed: there may be another question.
      stdin.pause();
      stderr.write('\n');
      done(result);
    };
    const take = (chunk: Buffer): void => {
      for (const c of chunk.toString('utf8')) {
        if (c === '\r' || c === '\n' || c === '\u0004') {
          end(text);
          return;
        }
        if (c === '\u0003') {
          end(undefined);
          process.kill(process.pid, 'SIGINT');
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
