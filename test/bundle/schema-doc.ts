import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { manifestJsonSchema } from '../../src/bundle/manifest.js';
import { projectRoot } from '../shared.js';

export const schemaPath = join(projectRoot, 'docs/schemas/bundle-manifest.schema.json');

/** The file as it should be. */
export const schemaText = (): string => `${JSON.stringify(manifestJsonSchema(), null, 2)}\n`;

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(schemaPath, schemaText());
