import { randomBytes } from 'node:crypto';
import { closeSync, fstatSync, fsyncSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { DeviceError } from '../errors.js';
import { fingerprint, hashedName, judge, type KnownHost, keyType, knownHostName, linesAbout, readKnownHosts } from './known-hosts.js';
import { quote } from './quote.js';
import type { Settings } from './settings.js';

/** Decides whether a host is the one that the user means, by the key that it shows. */
export interface HostKeyCheck {
  /** Host key algorithms to ask for, those of known keys first: a host with several keys shows the one that can be compared. */
  readonly algorithms: readonly string[];
  /** Whether the key is accepted; called before anything else is sent. */
  verify(key: Buffer): boolean;
  /** Called when the host has proven that it has the key: remembers a new one. Throws DeviceError where that fails. */
  proven(): void;
  /** Why the key was refused. */
  readonly refusal?: DeviceError;
}

/** SHA-1 signatures of RSA keys come last: only devices that are very old have nothing else. */
const algorithms = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
  'ssh-rsa',
];
const typeOf = (algorithm: string): string => (algorithm.startsWith('rsa-') ? 'ssh-rsa' : algorithm);

/** A check against the files of known hosts as they are now. Whatever is not known is refused, unless `acceptNew`; 'once' does not remember it. */
export function hostKeyCheck(settings: Settings, acceptNew: boolean | 'once'): HostKeyCheck {
  const hosts = readKnownHosts(settings.knownHostsFiles);
  const own = settings.aliased ? settings.hostKeyName : knownHostName(settings.hostKeyName, settings.port);
  const names = [...new Set([own, settings.hostKeyName])];
  const types = new Set(names.flatMap((n) => linesAbout(n, hosts)).flatMap((h) => (h.marker === undefined ? h.type : [])));
  const isKnown = (algorithm: string): boolean => types.has(typeOf(algorithm));
  let refusal: DeviceError | undefined;
  let unsaved: Buffer | undefined;
  return {
    algorithms: [...algorithms.filter(isKnown), ...algorithms.filter((a) => !isKnown(a))],
    verify(key) {
      const verdict = judge(key, names, hosts);
      if (verdict.kind === 'known') return true;
      if (verdict.kind === 'unknown' && acceptNew) {
        if (acceptNew !== 'once') unsaved = key;
        return true;
      }
      refusal = new DeviceError(sentence(verdict, key, settings, own));
      return false;
    },
    proven() {
      if (!unsaved) return;
      remember(unsaved, own, settings);
      hosts.push({ names: own, type: keyType(unsaved), key: unsaved, where: '' });
      unsaved = undefined;
    },
    get refusal() {
      return refusal;
    },
  };
}

function sentence(verdict: { readonly kind: string; readonly entry?: KnownHost }, key: Buffer, settings: Settings, own: string): string {
  const { name, knownHostsFiles: files } = settings;
  const shown = `${keyType(key)} ${fingerprint(key)}`;
  const entry = verdict.entry as KnownHost;
  if (verdict.kind === 'revoked') {
    return `${name} shows the host key ${shown}, which ${entry.where} marks as revoked. Nothing was sent. Give the device a new host key; whoever has the old one can pretend to be it.`;
  }
  if (verdict.kind === 'changed') {
    const file = entry.where.replace(/ line \d+$/, '');
    return `${name} shows the host key ${shown}, but ${entry.where} knows it by ${entry.type} ${fingerprint(entry.key)}. Nothing was sent. Either it was installed anew, or something else answers in its place. If you know that its key has changed, remove the old one: ssh-keygen -f ${quote(file)} -R ${quote(own)}`;
  }
  if (verdict.kind === 'authority') {
    return `${name} shows the host key ${shown}, and ${entry.where} trusts a certificate authority (@cert-authority) for it. edgeml does not check host certificates. Nothing was sent. Compare the fingerprint on the device and add its own key to ${files[0] ?? 'a file of known hosts'}.`;
  }
  const where = files.length === 0 ? 'any file of known hosts (none is set)' : files[0];
  return `${name} shows the host key ${shown}, which is not in ${where}. Nothing was sent. Compare the fingerprint on the device (ssh-keygen -lf /etc/ssh/ssh_host_${keyFile(key)}_key.pub); if it is the same, connect once with ssh, or accept the keys of new hosts with --accept-new-host-keys.`;
}

const keyFile = (key: Buffer): string => (keyType(key).startsWith('ecdsa') ? 'ecdsa' : keyType(key).replace('ssh-', ''));

/** One write at the end of the file: connections that run at the same moment, here or elsewhere, lose no line of each other. */
function remember(key: Buffer, name: string, { name: device, knownHostsFiles, hashKnownHosts }: Settings): void {
  const [file] = knownHostsFiles;
  const fail = (why: string, cause?: unknown): DeviceError =>
    new DeviceError(`The host key of ${device} cannot be remembered: ${why}. Give a file of known hosts that can be written.`, { cause });
  if (file === undefined) throw fail('there is no file of known hosts');
  const line = `${hashKnownHosts ? hashedName(name, randomBytes(20)) : name} ${keyType(key)} ${key.toString('base64')}\n`;
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const fd = openSync(file, 'a+', 0o600);
    try {
      const { size } = fstatSync(fd);
      const last = Buffer.alloc(1);
      if (size > 0) readSync(fd, last, 0, 1, size - 1);
      writeSync(fd, size > 0 && last[0] !== 10 ? `\n${line}` : line);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    throw fail((error as Error).message, error);
  }
}
