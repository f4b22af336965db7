import { z } from 'zod';
import { parseTarget } from '../../ssh/target.js';
import { nameFault, namePattern } from './names.js';

/** A value as a message shows it. */
const show = (v: unknown): string => {
  const shown = typeof v === 'string' ? `'${v}'` : v === undefined || v === null ? 'nothing' : (JSON.stringify(v) ?? String(v));
  return shown.length > 80 ? `${shown.slice(0, 79)}…` : shown;
};

type Fault = { readonly input?: unknown };

/** Messages are ends of sentences, after the place and the key: "hosts.cam.port: 0 is not a port from 1 to 65535". */
export const is = (fault: string) => ({ error: ({ input }: Fault) => `${show(input)} is ${fault}` });

// YAML drops what a number was written with: 1.10 and 007 would arrive as 1.1 and 7.
export const notText = ({ input }: Fault): string => {
  if (input === undefined) return 'it is missing';
  if (input === null) return 'nothing stands here: write a text, or leave the key out';
  return typeof input === 'number' || typeof input === 'boolean'
    ? `${input} is a ${typeof input} to YAML: put quotes around what you wrote`
    : `${show(input)} is not text`;
};

const text = z.string({ error: notText });

/** Text for which `fault` finds nothing wrong, as the end of a sentence; the pattern, for JSON Schema, refuses no more than that. */
const textLike = (pattern: RegExp, fault: (text: string) => string | undefined) =>
  text.regex(pattern, { error: ({ input }) => fault(String(input)) as string }).superRefine((v, ctx) => {
    const message = pattern.test(v) ? fault(v) : undefined;
    if (message) ctx.addIssue({ code: 'custom', message });
  });

const unless = (good: (v: string) => boolean, fault: string) => (v: string) => (good(v) ? undefined : `${show(v)} is ${fault}`);

/** One, or a list of several. */
export const oneOrMany = <T extends z.ZodType<string>>(item: T, what: string) =>
  z.union([item, z.array(item).min(1, { error: () => 'the list is empty' })], is(`not ${what} or a list`));

/** A command line for the device's shell. */
export const command = text.regex(/^[^\0]*[^\0\s][^\0]*$/, {
  error: ({ input }) => (String(input).includes('\0') ? 'a command cannot hold a NUL character' : 'the command is empty'),
});

export const variableValue = text.regex(/^[^\0]*$/, { error: () => 'a variable cannot hold a NUL character' });

export const name = textLike(namePattern, nameFault);

const asTarget = (v: string, key: 'host' | 'user', whole: string): boolean => {
  try {
    return parseTarget(whole)[key] === v;
  } catch {
    return false;
  }
};

export const user = textLike(
  /^[^\s'"\\:-][^\s'"\\:]*$/,
  unless((v) => asTarget(v, 'user', `${v}@host`), 'no user name'),
);

/** Why a text without ranges is no host, as the end of a sentence; undefined where it is one. */
export function hostFault(v: string): string | undefined {
  const bare = v.replace(/^\[([^\]]*)\]$/, '$1');
  if (!v.includes('/') && asTarget(bare, 'host', v)) return undefined;
  if (/@/.test(v)) return `${show(v)} holds a user: write it as 'user:' beside 'host:'`;
  if (/^([^:]+|\[.*\]):\d+$/.test(v)) return `${show(v)} holds a port: write it as 'port:' beside 'host:'`;
  return `${show(v)} is no host name or address${/[[\]]/.test(v) ? ': a range is written as [01:20]' : ''}`;
}

/** With ranges, which are looked at where they are expanded. */
export const host = text.regex(/^[^\s'"\\/,*?!|@-][^\s'"\\/,*?!|@]*$/, {
  error: ({ input }) => hostFault(String(input)) ?? 'it is no host',
});

const isJump = (v: string): boolean =>
  v.split(',').every((part) => {
    try {
      return parseTarget(part.trim()).host !== '';
    } catch {
      return false;
    }
  });
export const jump = textLike(
  /^[^'"\\/*?!|]+$/,
  unless(isJump, 'no host to go through: write user@host:port, several with commas between them, or none for a direct connection'),
);

export const port = z
  .int(is('not a port from 1 to 65535'))
  .min(1, is('not a port from 1 to 65535'))
  .max(65535, is('not a port from 1 to 65535'));
export const keep = z
  .int(is('not a number of releases'))
  .min(1, is('too few: the release that runs is one'))
  .max(1000, is('too many: 1000 is the most'));

/** Relative to the fleet file. */
export const path = text.regex(
  /^(?:~\/|[^~\0])[^\0]*$/,
  is('not a path: write one relative to this file, an absolute one, or one below ~/'),
);

const rootFault = (v: string): string => {
  if (!/^(?:~\/|\/)/.test(v)) return `${show(v)} is not a folder on the device: write an absolute path, or ~/…`;
  if (/\p{Cc}/u.test(v)) return `${show(v)} holds a control character`;
  return `${show(v)} is not a folder of its own: leave out '.', '..' and double slashes, and name a folder below / or ~`;
};
// Not \p{Cc}, which only some of the programs that read a JSON Schema know.
const segment = String.raw`/(?!\.{1,2}(?:/|$))[^/\x00-\x1f\x7f]+`;

/** Deployment creates and removes files below it: it has to say plainly where that is. */
export const root = text.regex(new RegExp(`^~?(?:${segment})+/?$`), { error: ({ input }) => rootFault(String(input)) });

const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;
const longest = 24 * units.h;
const amount = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/;

function milliseconds(v: string): number {
  const [, number, unit] = amount.exec(v) as RegExpExecArray;
  return Number(number) * units[unit as keyof typeof units];
}

const timeFault = ({ input }: Fault): string => {
  const unit = typeof input === 'string' ? /^\s*[\d.]+\s*(\p{L}+)\s*$/u.exec(input)?.[1] : undefined;
  if (typeof input === 'number') return `${input} has no unit: write a time such as 30s (ms, s, m, h)`;
  if (unit && !(unit in units)) return `'${unit}' is no unit of time: use ms, s, m or h, for example 30s`;
  return `${show(input)} is not a time such as 30s`;
};

/** Milliseconds, from `500ms`, `30s`, `5m` or `2h`. */
const time = (pattern: RegExp) =>
  z
    .string({ error: timeFault })
    .regex(pattern, { error: timeFault })
    .refine((v) => !amount.test(v) || milliseconds(v) <= longest, is('longer than a day'))
    .transform((v) => (amount.test(v) ? Math.ceil(milliseconds(v)) : 0));

export const delay = time(amount);
/** A time that is not nought. */
export const timeout = time(/^(?=[\d.]*[1-9])(\d+(?:\.\d+)?)(ms|s|m|h)$/);
export const retries = z.int(is('not a number of retries')).min(0, is('below 0')).max(1000, is('too many: 1000 is the most'));
