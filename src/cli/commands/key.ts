import { existsSync } from 'node:fs';
import { formatPublicKey, formatSecretKey, generateKeyPair } from '../../bundle/sign/key-files.js';
import { keyIdText } from '../../bundle/sign/text.js';
import { resolveSettings } from '../../config/resolve.js';
import type { Given } from '../../config/text.js';
import { UsageError, WriteError } from '../../errors.js';
import { checkWritable, writeAtomic } from '../../fs/atomic.js';
import { didYouMean } from '../../suggest.js';
import { table } from '../render/text.js';
import { newPassword } from './ask.js';
import { openTerminal } from './terminal.js';

/** `edgeml key generate`. */
export async function keyCommand(action: string, flags: Readonly<Record<string, Given>>): Promise<void> {
  if (action !== 'generate')
    throw new UsageError(`There is no 'edgeml key ${action}'.${didYouMean(action, ['generate'])} There is: edgeml key generate.`);
  const { values, warnings } = await resolveSettings('key', flags, undefined);
  const secretFile = values.output ?? 'edgeml.key';
  const publicFile = `${secretFile}.pub`;
  for (const file of [secretFile, publicFile]) {
    if (existsSync(file))
      throw new WriteError(`${file} is there already, and a key that is lost is lost. Move it away, or give another name with --output.`);
    await checkWritable(file);
  }
  const terminal = await openTerminal(values);
  for (const w of warnings) terminal.warn(w);
  const password = values.password === false ? undefined : await newPassword();
  const pair = generateKeyPair();
  await writeAtomic(secretFile, Buffer.from(await formatSecretKey(pair.secret, { password })), 0o600);
  await writeAtomic(publicFile, Buffer.from(formatPublicKey(pair.public)));
  const id = keyIdText(pair.public.keyId);
  const document = { schema: 'edgeml.key/1', key_id: id, secret: secretFile, public: publicFile, encrypted: password !== undefined };
  terminal.result(document, () =>
    values.quiet
      ? [publicFile]
      : [
          `key ${terminal.style.bold(id)}`,
          ...table([
            [
              secretFile,
              `secret${password === undefined ? ', not encrypted' : ', encrypted'}: signs bundles (--sign ${secretFile}); keep it, and keep a copy`,
            ],
            [publicFile, `public: for everyone who checks them (--trust ${publicFile})`],
          ]),
        ],
  );
}
