import type { IdentityCallback, ParsedKey, SignCallback, SigningRequestOptions } from 'ssh2';
import ssh2 from 'ssh2';
import { type AskPassphrase, type Identity, readIdentity } from './key-files.js';
import type { Settings } from './settings.js';

const agentTimeout = 5000;

/**
 * The keys that are offered to a host, as one agent to ssh2, in the order of ssh(1): keys of the agent that a key file
 * names, other keys of the agent (unless `identitiesOnly`), then key files that the agent does not have.
 */
export class Identities extends ssh2.BaseAgent<Buffer> {
  readonly #keys: readonly Offered[];
  /** Clauses: keys that could not be offered or did not sign, and why. */
  readonly problems: string[];

  private constructor(keys: readonly Offered[], problems: string[]) {
    super();
    this.#keys = keys;
    this.problems = problems;
  }

  /** Collects the keys; one that cannot be read is a problem to tell and stops nothing. */
  static async collect(settings: Settings, ask: AskPassphrase): Promise<Identities> {
    const problems: string[] = [];
    const agent = settings.agent === undefined ? undefined : ssh2.createAgent(settings.agent);
    const held = agent
      ? await keysOf(agent).catch((e: Error) => void problems.push(`the agent does not answer (${e.message})`))
      : undefined;
    const files: Identity[] = [];
    for (const file of settings.identityFiles) {
      await readIdentity(file, ask).then(
        (identity) => files.push(identity),
        (e: Error) => problems.push(e.message),
      );
    }
    const same = (key: Buffer) => (other: { readonly publicKey: Buffer }) => other.publicKey.equals(key);
    const ofAgent: Offered[] = (held ?? []).map((k) => ({ name: `agent: ${k.comment || k.type}`, publicKey: k.getPublicSSH(), agent }));
    const named = [...new Set(files.flatMap((f) => ofAgent.find(same(f.publicKey)) ?? []))];
    const others = settings.identitiesOnly ? [] : ofAgent.filter((k) => !named.includes(k));
    const local = files.filter((f) => f.privateKey && !ofAgent.some(same(f.publicKey)));
    return new Identities([...named, ...others, ...local], problems);
  }

  /** What is offered, for messages. */
  get names(): string[] {
    return this.#keys.map((k) => k.name);
  }

  override getIdentities(done: IdentityCallback<Buffer>): void {
    done(
      null,
      this.#keys.map((k) => k.publicKey),
    );
  }

  override sign(
    publicKey: string | Buffer | ParsedKey,
    data: Buffer,
    options?: SigningRequestOptions | SignCallback,
    done?: SignCallback,
  ): void {
    const callback = (typeof options === 'function' ? options : done) as SignCallback;
    const hash = typeof options === 'object' ? options : {};
    const wire = Buffer.isBuffer(publicKey) ? publicKey : typeof publicKey === 'string' ? Buffer.from(publicKey) : publicKey.getPublicSSH();
    const key = this.#keys.find((k) => k.publicKey.equals(wire));
    const failed = (error: Error): void => {
      this.problems.push(error.message);
      callback(error);
    };
    if (key?.agent) {
      key.agent.sign(key.publicKey, data, hash, (error, signature) =>
        error ? failed(new Error(`${key.name} did not sign (${error.message})`)) : callback(null, signature),
      );
      return;
    }
    signWith(key, data, hash.hash)
      .then((signature) => callback(null, signature))
      .catch(failed);
  }
}

interface Offered extends Identity {
  readonly agent?: ssh2.BaseAgent;
}

async function signWith(key: Offered | undefined, data: Buffer, hash?: string): Promise<Buffer> {
  if (!key?.privateKey) throw new Error('there is no private key to sign with');
  const signature = (await key.privateKey()).sign(data, hash) as Buffer | Error;
  if (signature instanceof Error) throw new Error(`${key.name} cannot sign (${signature.message})`);
  return signature;
}

function keysOf(agent: ssh2.BaseAgent): Promise<ParsedKey[]> {
  return new Promise((done, fail) => {
    const timer = setTimeout(() => fail(new Error(`no answer within ${agentTimeout / 1000} s`)), agentTimeout);
    agent.getIdentities((error, keys) => {
      clearTimeout(timer);
      if (error) return fail(error);
      const parsed = (keys ?? []).map((k) => ssh2.utils.parseKey(k as Buffer));
      done(parsed.flatMap((k) => (k instanceof Error ? [] : k)));
    });
  });
}
