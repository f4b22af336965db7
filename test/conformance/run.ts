import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { findCases, unpackCases } from './archive.js';
import { casesSection, updateDoc } from './operators-doc.js';
import { judgeAll } from './pool.js';
import { countOf, printCounts, printProblems } from './summary.js';
import { type Backend, backends, overall } from './types.js';

const usage = `usage: npm run conformance [-- FOLDER] [--filter GLOB] [--backend NAME]... [--json] [--verbose]

Runs ONNX backend cases (default: the archive of the evaluation material) through reader, interpreter, writers and
runtimes. Ends with \`N passed, N refused, N wrong\`; exit code 1 if a case is wrong. A run over the whole archive
writes its table by operator to docs/operators.md.
  --filter GLOB    only cases whose name matches, e.g. '*relu*'
  --backend NAME   ${backends.join(', ')}; may be given several times; default: all
  --json           the results as JSON on stdout
  --verbose        every refusal with its reason, and stack traces`;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      filter: { type: 'string' },
      backend: { type: 'string', multiple: true },
      json: { type: 'boolean' },
      verbose: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  const unknown = values.backend?.find((b) => !backends.includes(b as Backend));
  if (values.help || positionals.length > 1 || unknown) {
    console.error(unknown ? `There is no backend '${unknown}'.\n\n${usage}` : usage);
    return values.help ? 0 : 2;
  }
  const root = positionals[0] === undefined ? unpackCases() : resolve(positionals[0]);
  const { filter } = values;
  const names = findCases(root).filter((name) => !filter || matches(name, filter));
  if (names.length === 0) {
    console.error(`No case (a folder with a model.onnx) is to be found in ${root}${filter ? ` that matches '${filter}'` : ''}.`);
    return 2;
  }
  const chosen = (values.backend ?? backends) as readonly Backend[];
  let done = 0;
  const results = await judgeAll({
    root,
    names,
    backends: chosen,
    workers: Math.min(availableParallelism(), names.length),
    onResult: () => {
      done++;
      if (process.stderr.isTTY) process.stderr.write(`\r${done}/${names.length}`);
    },
  });
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  const whole = positionals.length === 0 && !filter && !values.backend;
  if (whole) updateDoc('cases', casesSection(results));
  const counts = countOf(results.map(overall));
  if (values.json) console.log(JSON.stringify({ schema: 1, root, ...counts, cases: results }, null, 1));
  else {
    printProblems(results, values.verbose ?? false);
    printCounts(results, chosen);
  }
  const line = `${counts.passed} passed, ${counts.refused} refused, ${counts.wrong} wrong`;
  if (values.json) console.error(line);
  else console.log(line);
  return counts.wrong > 0 ? 1 : 0;
}

/** `*` and `?` as in a shell, against the case's whole name or its last folder. */
function matches(name: string, glob: string): boolean {
  const escaped = glob.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  const pattern = new RegExp(`^(.*/)?${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`);
  return pattern.test(name);
}

process.exitCode = await main();
