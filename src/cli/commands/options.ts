import type { Resolved } from '../../config/resolve.js';
import type { Values } from '../../config/settings.js';
import type { DataOptions } from '../../data/types.js';
import { UsageError } from '../../errors.js';
import type { ReadOptions } from '../../formats/types.js';
import type { Gates } from '../../quantize/gates.js';

const defined = <T extends object>(options: T): T =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T;

/** How samples are prepared. */
export function dataOptions(v: Values): DataOptions {
  const { resize, filter, cropFraction, pad, channels, mean, std, scale, raw, layout, step, window, sampleRate } = v;
  const { labels, labelColumn, classes, labelOffset, samples, take, seed } = v;
  const perInput =
    v.perInput && Object.fromEntries(Object.entries(v.perInput).map(([input, values]) => [input, dataOptions(values as Values)]));
  return defined({
    ...{ resize, filter, cropFraction, pad, channels, mean, std, scale, raw, layout, step, window, sampleRate },
    ...{ labels, labelColumn: labelColumn && /^\d+$/.test(labelColumn) ? Number(labelColumn) : labelColumn },
    ...{ classes, labelOffset, samples, take, seed, perInput },
  });
}

export const readOptions = ({ inputShape }: Values): ReadOptions => defined({ inputShapes: inputShape });

/** The gates that were asked for; undefined where none was. */
export function gatesOf({ maxDrop, minSqnr }: Values): Gates | undefined {
  return maxDrop === undefined && minSqnr === undefined ? undefined : defined({ maxDrop, minSqnr });
}

/** The model to work on. Throws UsageError where neither an argument nor edgeml.yaml names one. */
export function modelOf(verb: string, { model, config }: Resolved): string {
  if (model !== undefined) return model;
  const where = config ? `${config} has no model:` : 'there is no edgeml.yaml here or above';
  throw new UsageError(`No model was given and ${where}. Name one: edgeml ${verb} MODEL.`);
}
