import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';

/** What a page of a browser did wrong, and how to ask it things. */
export interface Page {
  /** The value of an expression, which must be JSON. */
  evaluate<T>(expression: string): Promise<T>;
  /** Changes the window, and what `prefers-color-scheme` says; the page is the same. */
  emulate(view: { readonly width: number; readonly height?: number; readonly dark?: boolean; readonly print?: boolean }): Promise<void>;
  /** PNG of the page from its top, all of it or `height` pixels. */
  screenshot(height?: number, scale?: number): Promise<Buffer>;
  /** Messages of the console and of the browser's log, and exceptions. */
  readonly complaints: readonly string[];
  /** Addresses that were asked for. */
  readonly requests: readonly string[];
}

export interface Chromium {
  open(url: string): Promise<Page>;
  close(): Promise<void>;
}

const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

/** The installed browser; undefined where there is none. */
export const chromiumPath = (): string | undefined =>
  names.find((name) => spawnSync(name, ['--version'], { stdio: 'ignore', timeout: 60_000 }).status === 0);

const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--disable-dev-shm-usage',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-extensions',
  '--hide-scrollbars',
  '--remote-debugging-pipe',
];

type Message = {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Record<string, unknown>;
  readonly sessionId?: string;
} & {
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly message: string };
};

/** A headless browser, spoken to in the DevTools protocol over a pipe: messages of JSON that end in a zero byte. */
export async function launch(path: string): Promise<Chromium> {
  const profile = mkdtempSync(join(tmpdir(), 'edgeml-chromium-'));
  const child = spawn(path, [...flags, `--user-data-dir=${profile}`, 'about:blank'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
  });
  const connection = connect(child);
  return {
    open: (url) => openPage(connection, url),
    async close() {
      const ended = once(child, 'exit');
      await connection.send('Browser.close').catch(() => child.kill('SIGKILL'));
      await ended;
      rmSync(profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    },
  };
}

interface Connection {
  send(method: string, params?: object, sessionId?: string): Promise<Record<string, unknown>>;
  listen(listener: (message: Message) => void): void;
}

function connect(child: ChildProcess): Connection {
  const [input, output] = [child.stdio[3] as Writable, child.stdio[4] as Readable];
  const waiting = new Map<number, { resolve(result: Record<string, unknown>): void; reject(error: Error): void }>();
  const listeners: ((message: Message) => void)[] = [];
  let pending = Buffer.alloc(0);
  let last = 0;
  const receive = (message: Message): void => {
    const asked = message.id === undefined ? undefined : waiting.get(message.id);
    if (!asked) for (const listener of listeners) listener(message);
    else if (message.error) asked.reject(new Error(message.error.message));
    else asked.resolve(message.result ?? {});
    if (message.id !== undefined) waiting.delete(message.id);
  };
  output.on('data', (chunk: Buffer) => {
    pending = Buffer.concat([pending, chunk]);
    for (let end = pending.indexOf(0); end >= 0; end = pending.indexOf(0)) {
      const message = JSON.parse(pending.subarray(0, end).toString()) as Message;
      pending = pending.subarray(end + 1);
      receive(message);
    }
  });
  const fail = (error: Error): void => {
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  child.on('error', fail);
  child.on('exit', (code) => fail(new Error(`The browser ended with code ${code}.`)));
  input.on('error', fail);
  return {
    send: (method, params = {}, sessionId) =>
      new Promise((resolve, reject) => {
        waiting.set(++last, { resolve, reject });
        input.write(`${JSON.stringify({ id: last, method, params, sessionId })}\0`);
      }),
    listen: (listener) => void listeners.push(listener),
  };
}

async function openPage({ send, listen }: Connection, url: string): Promise<Page> {
  const complaints: string[] = [];
  const requests: string[] = [];
  const { targetId } = await send('Target.createTarget', { url: 'about:blank' });
  const { sessionId } = (await send('Target.attachToTarget', { targetId, flatten: true })) as { sessionId: string };
  const ask = (method: string, params?: object): Promise<Record<string, unknown>> => send(method, params, sessionId);
  const loaded = new Promise<void>((resolve) =>
    listen(({ method, params, sessionId: of }) => {
      if (of !== sessionId) return;
      if (method === 'Network.requestWillBeSent') requests.push((params?.request as { url: string } | undefined)?.url ?? '');
      if (['Runtime.consoleAPICalled', 'Runtime.exceptionThrown', 'Log.entryAdded'].includes(method ?? ''))
        complaints.push(JSON.stringify(params));
      if (method === 'Page.loadEventFired') resolve();
    }),
  );
  for (const domain of ['Page', 'Runtime', 'Network', 'Log']) await ask(`${domain}.enable`);
  await ask('Page.navigate', { url });
  await loaded;
  return {
    complaints,
    requests,
    async evaluate<T>(expression: string) {
      const answer = await ask('Runtime.evaluate', { expression, returnByValue: true, awaitPromise: true });
      if (answer.exceptionDetails) throw new Error(JSON.stringify(answer.exceptionDetails));
      return (answer.result as { value: T }).value;
    },
    async emulate({ width, height = 900, dark = false, print = false }) {
      await ask('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: width < 600 });
      const features = [{ name: 'prefers-color-scheme', value: dark ? 'dark' : 'light' }];
      await ask('Emulation.setEmulatedMedia', { media: print ? 'print' : '', features });
    },
    async screenshot(height, scale = 1) {
      const { cssContentSize: size } = (await ask('Page.getLayoutMetrics')) as { cssContentSize: { width: number; height: number } };
      const clip = { x: 0, y: 0, width: size.width, height: Math.min(size.height, height ?? size.height), scale };
      const { data } = await ask('Page.captureScreenshot', { format: 'png', clip, captureBeyondViewport: true });
      return Buffer.from(data as string, 'base64');
    },
  };
}
