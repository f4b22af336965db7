import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { createBundle } from '../../src/bundle/build.js';
import { type Manifest, manifestJsonSchema, manifestText, parseManifest } from '../../src/bundle/manifest.js';
import { temporaryFolder } from '../cli/run.js';
import { writeSmallModel } from '../cli/small-model.js';
import { schemaPath, schemaText } from './schema-doc.js';

const folder = temporaryFolder();
let manifest: Manifest;
beforeAll(async () => {
  const model = join(folder, 'small.tflite');
  await writeSmallModel(model);
  ({ manifest } = await createBundle([model], join(folder, 'x.edgeml'), { architecture: ['aarch64'] }));
});

describe('the JSON Schema of the manifest', () => {
  it('is not stale', () => {
    expect(readFileSync(schemaPath, 'utf8'), 'run: npx tsx test/bundle/schema-doc.ts').toBe(schemaText());
  });

  it('takes what bundles hold, and refuses what edgeml refuses', () => {
    const validate = new Ajv2020({ strict: true, allErrors: true }).compile(manifestJsonSchema());
    expect(validate(JSON.parse(manifestText(manifest))), JSON.stringify(validate.errors)).toBe(true);
    const faulty: readonly [string, unknown][] = [
      ['name', { ...manifest, name: '../x' }],
      ['version', { ...manifest, version: undefined }],
      ['digest', { ...manifest, digest: 'abc' }],
      ['files', { ...manifest, files: [] }],
      ['files.0.bytes', { ...manifest, files: [{ ...manifest.files[0], bytes: -1 }] }],
      ['document', { ...manifest, more: 1 }],
      ['models.0.format', { ...manifest, models: [{ ...manifest.models[0], format: 'h5' }] }],
    ];
    for (const [where, content] of faulty) {
      const text = JSON.stringify(content);
      expect(validate(JSON.parse(text)), where).toBe(false);
      expect(() => parseManifest(text, 'M'), where).toThrow(new RegExp(`^M: (the )?${where}: .*\\. Make the bundle anew\\.$`));
    }
    expect(() => parseManifest('{', 'M')).toThrow(/^M is not valid JSON/);
    expect(() => parseManifest('{"schema":"edgeml.bundle/9"}', 'M')).toThrow(
      "M is of the kind 'edgeml.bundle/9', which this version of edgeml does not know. Update edgeml.",
    );
    expect(() => parseManifest(JSON.stringify({ ...manifest, files: [{ ...manifest.files[0], path: 'a/../../b' }] }), 'M')).toThrow(
      'M names the file "a/../../b", which leaves its folder, or has an empty part. Make the bundle anew.',
    );
  });
});
