import { didYouMean } from '../../suggest.js';

/** Words for settings that other tools use, and those that are too far from ours to be taken for slips. */
const synonyms: Readonly<Record<string, string>> = {
  address: 'host',
  hostname: 'host',
  ip: 'host',
  username: 'user',
  key: 'identity',
  'identity-file': 'identity',
  'private-key': 'identity',
  'ssh-key': 'identity',
  bastion: 'jump',
  gateway: 'jump',
  'proxy-jump': 'jump',
  folder: 'root',
  path: 'root',
  'health-check': 'health',
  env: 'variables',
  environment: 'variables',
  vars: 'variables',
  tags: 'labels',
  releases: 'keep',
};

const secret = /(^|[-_])pass(word|phrase|wd|code)?$|secret|token|credential/i;

/**
 * What is said about a key that the file does not have at that place, after it was named.
 * @param known The keys of that place.
 * @param elsewhere Whether the key is a setting that stands at another place, and where.
 */
export function aboutKey(key: string, where: string, known: readonly string[], elsewhere?: string): string {
  if (secret.test(key)) {
    const sudo = /sudo|become|root/i.test(key) ? ' For sudo, give the account a NOPASSWD rule for the one command that needs it.' : '';
    return `'${key}'${where}: secrets do not belong in this file. Log in with a key of the agent (ssh-add), or with an encrypted key whose passphrase is in EDGEML_SSH_PASSPHRASE.${sudo}`;
  }
  const unknown = `unknown key '${key}'${where}.`;
  if (key === '<<') return `${unknown} YAML 1.2 has no merge keys: put what devices share into a group, or under defaults.`;
  if (elsewhere) return `${unknown} It belongs ${elsewhere}.`;
  const plain = key
    .toLowerCase()
    .replaceAll('_', '-')
    .replace(/^ansible-/, '');
  const synonym = synonyms[plain] ?? plain;
  const hint = known.includes(synonym) ? ` Did you mean '${synonym}'?` : didYouMean(key, known);
  return `${unknown}${hint || ` Known are ${known.join(', ')}.`}`;
}
