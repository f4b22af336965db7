import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fleetJsonSchema } from '../../../src/deploy/fleet/schema.js';
import { projectRoot } from '../../shared.js';

export const schemaPath = join(projectRoot, 'docs/schemas/fleet.schema.json');

/** The whole file. */
export const schemaText = (): string => `${JSON.stringify(fleetJsonSchema(), null, 2)}\n`;

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  mkdirSync(dirname(schemaPath), { recursive: true });
  writeFileSync(schemaPath, schemaText());
}
