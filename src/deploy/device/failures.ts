import { type DeviceError, OfflineError } from '../../errors.js';
import { RefusedError } from './plan.js';
import type { ScriptFailure, Site } from './script.js';

/** What scripts say is wrong with a signature; see verify-signature.sh. */
const signatures: Readonly<Record<string, string>> = {
  'unknown-key': 'it is signed with a key that the device does not know. Sign it with the key whose public half the device has',
  'bad-signature': 'its signature is wrong: it was changed after it was signed. Make and sign it anew',
  malformed: 'its signature cannot be read. Sign it anew',
  'unsupported-shell': 'its shell calculates with fewer than 64 bits, and cannot check signatures. Install dash or busybox there',
};

type Sentence = (device: string, detail: string, site: Site) => string;

const refusals: Readonly<Record<string, Sentence>> = {
  folder: (device, detail, { root }) =>
    `${device} makes no folder below ${root}: ${detail || 'it did not say why'}. Give another folder with --root, or change its permissions.`,
  rename: (device) =>
    `${device} has nothing that replaces a link in one step (mv -T, mv -h, python3 or perl). Install coreutils or busybox there.`,
  write: (device, detail) => `${device} cannot write ${detail}. Check its disk and permissions there.`,
  space: (device, detail) => `${device} has no space left: ${detail}. Free some space there.`,
  unsigned: (device) => `${device} takes only signed bundles, and this one is not signed. Sign it: edgeml bundle … --sign KEY.`,
  signature: (device, detail) => `${device} does not take the bundle: ${signatures[detail] ?? detail}.`,
  absent: (device) => `${device} no longer has that release. Deploy its bundle again.`,
  damaged: (device, detail) =>
    `${device} has ${detail.replaceAll('\t', ', ') || 'a file'} not as it was sent. Nothing was switched. Deploy its bundle again; if it happens again, check the disk there.`,
  unchecked: (device) => `${device} has a sha256sum that does not compare files (sha256sum -c). Install coreutils or busybox there.`,
};

/** The error behind a word that a script ended with: a refusal, or one that goes away by trying again. */
export function failureOf(error: ScriptFailure, site: Site): DeviceError {
  const device = site.connection.name;
  if (error.word === 'lock-lost') {
    return new OfflineError(`${device} took this connection for dead and gave the lock to another one.`, { cause: error });
  }
  const sentence = refusals[error.word];
  return sentence ? new RefusedError(sentence(device, error.detail, site), { cause: error }) : error;
}
