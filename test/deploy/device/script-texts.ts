import { readdirSync } from 'node:fs';
import { type ScriptName, type Site, scriptText as textFor } from '../../../src/deploy/device/script.js';

export { whole } from '../../../src/deploy/device/script.js';

const site = { root: '~/edgeml', name: 'app', digest: 'd', token: 'token' } as Site;

/** The scripts that are whole programs, without those that others are put together with. */
export const scriptNames = (): ScriptName[] =>
  readdirSync(new URL('../../../src/deploy/device/sh/', import.meta.url))
    .map((file) => file.replace(/\.sh$/, '') as ScriptName)
    .filter((name) => name !== 'lib');

export const scriptText = (names: readonly ScriptName[], variables: Readonly<Record<string, string>>): string =>
  textFor(site, names, variables);

/** Values that a careless quotation would run. */
export const quoteAll = (): Record<string, string> => ({
  names: "it's; rm -rf $HOME `id`\nand \\ more",
  health: '"$(false)" && echo \'x\'',
});
