import { UsageError } from '../errors.js';

/** A device as the user names it; the rest comes from ~/.ssh/config. */
export interface Target {
  readonly user?: string;
  /** A host name, an address, or a `Host` of ~/.ssh/config. */
  readonly host: string;
  readonly port?: number;
}

/**
 * Reads `[user@]host[:port]`; an IPv6 address with a port stands in brackets.
 * Throws UsageError with what is wrong with it.
 */
export function parseTarget(text: string): Target {
  const bare = text.replace(/^ssh:\/\//, '').replace(/\/$/, '');
  const at = bare.lastIndexOf('@');
  const user = at < 0 ? undefined : bare.slice(0, at);
  const rest = bare.slice(at + 1);
  const match = /^\[([^\]]+)\](?::(.*))?$/.exec(rest) ?? (/:.*:/.test(rest) ? [rest, rest, undefined] : /^([^:]*)(?::(.*))?$/.exec(rest));
  const fail = (what: string): UsageError => new UsageError(`'${text}' is no device: ${what}. Write it as user@host or user@host:port.`);
  if (!match) throw fail('its brackets do not fit');
  const [, host, port] = match as readonly (string | undefined)[];
  if (!host) throw fail('it names no host');
  // A name that begins with '-' is an option to every tool that it is handed to; the others end words in configuration files.
  if (host.startsWith('-') || /[\s'"\\/,*?!|[\]\p{Cc}]/u.test(host)) throw fail(`'${host}' is no host name`);
  if (user === '') throw fail('there is no user before the @');
  if (user !== undefined && (user.startsWith('-') || /[\s'"\\:\p{Cc}]/u.test(user))) throw fail(`'${user}' is no user name`);
  return {
    host,
    ...(user !== undefined && { user }),
    ...(port !== undefined && { port: parsePort(port, () => fail(`'${port}' is no port`)) }),
  };
}

/** A TCP port, 1 to 65535. Throws what `error` makes where it is none. */
export function parsePort(text: string, error: () => Error): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port < 1 || port > 65535) throw error();
  return port;
}
