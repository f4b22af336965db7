import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readConfig } from '../../src/config/file.js';
import { cliDoc, docPath } from './cli-doc.js';
import { temporaryFolder } from './run.js';

const folder = temporaryFolder();

it('docs/cli.md is not stale', () => {
  const written = existsSync(docPath) ? readFileSync(docPath, 'utf8') : '';
  expect(written, 'run: npx tsx test/cli/cli-doc.ts').toBe(cliDoc());
});

it('the edgeml.yaml of docs/cli.md is one', async () => {
  const yaml = /```yaml\n([^`]*)```/.exec(cliDoc())?.[1] as string;
  const path = join(folder, 'edgeml.yaml');
  writeFileSync(path, yaml);
  const { model, shared, verbs } = await readConfig(path);
  expect(model).toBe(join(folder, 'model.onnx'));
  expect(shared).toEqual({
    inputShape: { '': [1, 3, 224, 224] },
    resize: 'crop',
    cropFraction: 0.875,
    mean: [123.675, 116.28, 103.53],
    std: [58.395, 57.12, 57.375],
    maxDrop: 0.01,
    minSqnr: 20,
  });
  expect(verbs).toEqual({
    quantize: {
      calibrate: join(folder, 'images/train'),
      evaluate: join(folder, 'images/test'),
      samples: 200,
      keepFloat: ['head_*', 'op:Softmax'],
      to: ['tflite', 'onnx'],
    },
    verify: { data: join(folder, 'images/test') },
    codegen: { cpu: 'cortex-m4', maxFlash: 262144, maxRam: 65536 },
    bench: { device: ['pico', 'esp32-s3'], maxLatency: 100 },
    bundle: { name: 'doorbell', sign: join(folder, 'keys/release.key') },
    deploy: {
      ...{ fleet: join(folder, 'fleet.yaml'), trust: [join(folder, 'keys/release.key.pub')] },
      ...{ waves: ['1', '10%', '100%'], maxFailures: '5%', wait: 86_400_000 },
    },
  });
});
