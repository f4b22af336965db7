import { type EdgemlError, UnsupportedError } from '../errors.js';
import { type RuntimeName, runtimeTitles } from './types.js';

/** Why a runtime cannot take a model, a sentence for each operator that is at fault. */
export function reasonsOf(error: EdgemlError, runtime: RuntimeName): string[] {
  if (!(error instanceof UnsupportedError)) return [error.message];
  return error.unsupported.map(({ operator, reason, nodes }) => {
    const where = nodes.length === 1 ? `node '${nodes[0]}'` : `${nodes.length} nodes, the first '${nodes[0]}'`;
    return `${runtimeTitles[runtime]} cannot take the model for ${operator}: ${reason} (${where}).`;
  });
}
