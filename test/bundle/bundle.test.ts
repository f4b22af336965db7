import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, statSync, symlinkSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type BundleOptions, createBundle } from '../../src/bundle/build.js';
import { openBundle } from '../../src/bundle/open.js';
import { formatPublicKey, generateKeyPair } from '../../src/bundle/sign/key-files.js';
import { ModelError, UsageError } from '../../src/errors.js';
import { temporaryFolder } from '../cli/run.js';
import { noise, writeSamples, writeSmallModel } from '../cli/small-model.js';
import { hasMinisign } from './sign/minisign.js';

const folder = temporaryFolder();
const at = (name: string): string => join(folder, name);
const make = (output: string, options: BundleOptions = {}, models = [at('small.tflite')]) =>
  createBundle(models, at(output), { version: '1', golden: false, ...options });

beforeAll(async () => {
  for (const name of ['small.tflite', 'small.onnx']) await writeSmallModel(at(name));
  writeSamples(at('samples.npy'), 5);
  writeFileSync(at('labels.txt'), 'a\nb\n');
  mkdirSync(at('app/lib'), { recursive: true });
  writeFileSync(at('app/serve'), '#!/bin/sh\n');
  chmodSync(at('app/serve'), 0o755);
  writeFileSync(at('app/lib/x.py'), 'x = 1\n');
});

describe('a bundle', () => {
  it('holds models, files and folders, tells what they are, and is the same each time', async () => {
    const options = { add: [at('labels.txt'), `${at('app')}=bin`], golden: at('samples.npy') };
    const built = await make('one.edgeml', options, [at('small.tflite'), at('small.onnx')]);
    const { manifest } = built;
    expect(manifest.files.map((f) => [f.path, f.executable ?? false])).toEqual([
      ['bin/lib/x.py', false],
      ['bin/serve', true],
      ['golden/small.onnx.bin', false],
      ['golden/small.tflite.bin', false],
      ['labels.txt', false],
      ['small.onnx', false],
      ['small.tflite', false],
    ]);
    expect(manifest).toMatchObject({ schema: 'edgeml.bundle/1', name: 'small', version: '1' });
    expect(manifest.requires).toMatchObject({ runtime: ['litert', 'onnxruntime'] });
    expect(manifest.requires.operators).toEqual(expect.arrayContaining(['CONV_2D', 'SOFTMAX', 'Conv', 'Softmax']));
    expect(manifest.requires.architecture).toBeUndefined();
    expect(manifest.requires.ram_bytes).toBeGreaterThan(statSync(at('small.tflite')).size + statSync(at('small.onnx')).size);
    const [tflite] = manifest.models;
    expect(tflite.inputs).toEqual([{ name: 'x', dtype: 'float32', shape: [1, 8, 8, 3] }]);
    expect(tflite.golden).toMatchObject({
      samples: 3,
      inputs: [{ dtype: 'float32', shape: [1, 8, 8, 3], bytes: 768 }],
      data: 'samples.npy',
    });

    // Neither when nor where it is made plays a part.
    utimesSync(at('labels.txt'), 1, 1);
    await make('two.edgeml', options, [at('small.tflite'), at('small.onnx')]);
    expect(readFileSync(at('two.edgeml')).equals(readFileSync(at('one.edgeml')))).toBe(true);
    expect(statSync(at('one.edgeml')).size).toBe(built.bytes);
    const opened = await openBundle(at('one.edgeml'));
    expect({ digest: opened.digest, manifest: opened.manifest }).toEqual({ digest: built.digest, manifest });
  });

  it('is a tar archive that other tools read and check', async () => {
    const long = `${'deep/'.repeat(20)}${'x'.repeat(60)}`;
    const { digest, manifest } = await make('tools.edgeml', { add: [`${at('labels.txt')}=${long}`, at('app')] });
    mkdirSync(at('unpacked'));
    execFileSync('tar', ['-xf', at('tools.edgeml'), '-C', at('unpacked')]);
    expect(
      execFileSync('sha256sum', ['-c', 'SHA256SUMS'], { cwd: at('unpacked'), encoding: 'utf8' })
        .split('\n')
        .filter(Boolean)
        .every((l) => l.endsWith(': OK')),
    ).toBe(true);
    expect(
      createHash('sha256')
        .update(readFileSync(at('unpacked/SHA256SUMS')))
        .digest('hex'),
    ).toBe(digest);
    expect(readFileSync(at(`unpacked/${long}`), 'utf8')).toBe('a\nb\n');
    expect(statSync(at('unpacked/app/serve')).mode & 0o111).not.toBe(0);
    const lines = manifest.files.map((f) => `${f.sha256}  ${f.path}\n`).join('');
    expect(manifest.digest).toBe(createHash('sha256').update(lines).digest('hex'));
  });

  it.skipIf(!hasMinisign)('has a signature that minisign checks', async () => {
    const keys = generateKeyPair();
    writeFileSync(at('key.pub'), formatPublicKey(keys.public));
    const { signed } = await make('signed.edgeml', { key: keys.secret });
    expect(signed).toBe(true);
    mkdirSync(at('signed'));
    execFileSync('tar', ['-xf', at('signed.edgeml'), '-C', at('signed')]);
    const check = () => spawnSync('minisign', ['-V', '-p', at('key.pub'), '-m', 'SHA256SUMS'], { cwd: at('signed'), encoding: 'utf8' });
    expect(check()).toMatchObject({ status: 0 });
    writeFileSync(at('signed/SHA256SUMS'), `${readFileSync(at('signed/SHA256SUMS'), 'utf8')}x`);
    expect(check().status).not.toBe(0);
  });

  it('knows for what machine the programs in it are made', async () => {
    copyFileSync(process.execPath, at('node'));
    truncateSync(at('node'), 4096);
    const machine = execFileSync('uname', ['-m'], { encoding: 'utf8' }).trim();
    expect((await make('elf.edgeml', { add: [at('node')] })).manifest.requires.architecture).toEqual([machine]);
    expect((await make('elf.edgeml', { add: [at('node')], architecture: ['armv7l'] })).manifest.requires.architecture).toEqual(['armv7l']);
  });

  it('is refused where anything in it was changed, at whichever byte', async () => {
    const keys = generateKeyPair();
    await make('whole.edgeml', { key: keys.secret, add: [at('labels.txt')] });
    const whole = readFileSync(at('whole.edgeml'));
    const { files } = await openBundle(at('whole.edgeml'), [keys.public]);
    const inside = (n: number): boolean => files.some((f) => n >= f.offset && n < f.offset + f.bytes);
    let checked = 0;
    for (let n = 0; n < whole.length; n += 97) {
      if (!inside(n)) continue;
      const changed = Buffer.from(whole);
      changed[n] ^= 4;
      writeFileSync(at('changed.edgeml'), changed);
      // The comment for people in the signature is signed by nobody.
      if (files.some((f) => f.path.endsWith('.minisig') && n >= f.offset && n < f.offset + 90)) continue;
      await expect(openBundle(at('changed.edgeml'), [keys.public]), `byte ${n}`).rejects.toThrow(ModelError);
      checked++;
    }
    expect(checked).toBeGreaterThan(30);
  });

  it('that is cut off, no bundle at all, or signed by nobody known is told in a sentence', async () => {
    const keys = generateKeyPair();
    const plain = await make('plain.edgeml');
    const bytes = readFileSync(plain.path);
    const sentence = async (content: Uint8Array, trusted = [] as Parameters<typeof openBundle>[1]): Promise<string> => {
      writeFileSync(at('x.edgeml'), content);
      return openBundle(at('x.edgeml'), trusted).then(
        () => 'it was taken',
        (e: Error) => e.message.replace(folder, ''),
      );
    };
    expect(await sentence(bytes.subarray(0, 600))).toMatch(
      /^\/x\.edgeml ends early: SHA256SUMS needs \d+ more bytes\. It was cut off; copy it again\.$/,
    );
    expect(await sentence(bytes.subarray(0, 300))).toBe('/x.edgeml ends early, at byte 300. It was cut off; copy it again.');
    expect(await sentence(readFileSync(at('small.tflite')))).toBe(
      "/x.edgeml is no bundle: there is no valid tar header at byte 0. Make it with 'edgeml bundle'.",
    );
    expect(await sentence(new Uint8Array(0))).toMatch(/ends early, at byte 0/);
    expect(await sentence(bytes, [keys.public])).toBe(
      '/x.edgeml is not signed, and --trust asks for a signature. Sign it: edgeml bundle … --sign KEY.',
    );
    await expect(openBundle(at('absent.edgeml'))).rejects.toThrow('there is no such file');
    execFileSync('tar', ['-cf', at('link.edgeml'), '-C', folder, '--format=ustar', 'labels.txt']);
    await expect(openBundle(at('link.edgeml'))).rejects.toThrow('is no bundle: it holds no SHA256SUMS');
  });

  it('takes no names and files that cannot be', async () => {
    symlinkSync('/etc/passwd', at('app/link'));
    const fails = async (options: BundleOptions, models?: string[]) => make('bad.edgeml', options, models).catch((e: Error) => e);
    for (const [options, models, kind, message] of [
      [{ name: '../x' }, undefined, UsageError, "'../x' is no name for a bundle"],
      [{ add: [`${at('labels.txt')}=../up`] }, undefined, UsageError, 'would be called "../up" in the bundle, which leaves its folder'],
      [{ add: [`${at('labels.txt')}=manifest.json`] }, undefined, UsageError, "which is a name of edgeml's own"],
      [{ add: [`${at('labels.txt')}=small.tflite`] }, undefined, UsageError, 'would both be called small.tflite in the bundle'],
      [{ add: [at('app')] }, undefined, ModelError, 'is no plain file (a link, a device, a socket)'],
      [{ add: [at('absent')] }, undefined, ModelError, 'there is no such file'],
      [{}, [at('labels.txt')], ModelError, 'labels.txt'],
      [{}, [], UsageError, 'A bundle needs a model or a file'],
      [{ version: 'a b' }, undefined, UsageError, "'a b' is no version for a bundle"],
      [{ architecture: ['aarch46'] }, undefined, UsageError, "'aarch46' is no architecture. Did you mean 'aarch64'?"],
      [
        { add: [`${at('labels.txt')}=small.tflite/x`] },
        undefined,
        UsageError,
        'would be called small.tflite in the bundle, where small.tflite/x needs a folder',
      ],
    ] as const) {
      const error = await fails(options as BundleOptions, models as string[] | undefined);
      expect(error).toBeInstanceOf(kind);
      expect((error as Error).message).toContain(message);
    }
    for (const input of ['small.tflite', 'labels.txt']) {
      const before = readFileSync(at(input));
      await expect(make(input, { add: [at('labels.txt')] })).rejects.toThrow('is there already and is no bundle; it is never written over');
      expect(readFileSync(at(input)).equals(before)).toBe(true);
    }
    execFileSync('rm', [at('app/link')]);
    expect(spawnSync('ls', [at('bad.edgeml')]).status).not.toBe(0);
  });

  it('parts large files into chunks that an insertion does not move', async () => {
    const { Chunker } = await import('../../src/bundle/chunks.js');
    const chunks = (bytes: Uint8Array, piece: number) => {
      const chunker = new Chunker();
      for (let i = 0; i < bytes.length; i += piece) chunker.update(bytes.subarray(i, i + piece));
      return chunker.end();
    };
    const bytes = new Uint8Array(noise(5, 1_000_000).buffer);
    const whole = chunks(bytes, 1 << 20);
    // However it is read.
    expect(chunks(bytes, 7919)).toEqual(whole);
    expect(whole.reduce((sum, c) => sum + c.bytes, 0)).toBe(bytes.length);
    expect(bytes.length / whole.length).toBeGreaterThan(40_000);
    expect(bytes.length / whole.length).toBeLessThan(130_000);
    const moved = chunks(Buffer.concat([bytes.subarray(0, 2_000_000), Buffer.from('inserted'), bytes.subarray(2_000_000)]), 1 << 16);
    const known = new Set(whole.map((c) => c.hash));
    expect(moved.filter((c) => !known.has(c.hash)).length).toBeLessThanOrEqual(2);
  });
});
