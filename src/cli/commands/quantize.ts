import { type Resolved, resolveSettings } from '../../config/resolve.js';
import type { Values } from '../../config/settings.js';
import type { Given } from '../../config/text.js';
import { GateError, UsageError } from '../../errors.js';
import { checkWritable, writeAllAtomic } from '../../fs/atomic.js';
import type { Stage } from '../../quantize/quantize.js';
import type { QuantizeReport } from '../../quantize/report.js';
import { type GateReport, gateReport } from '../render/gates.js';
import { renderQuantize } from '../render/quantize.js';
import { dataOptions, gatesOf, modelOf, readOptions } from './options.js';
import { type Output, planOutputs } from './outputs.js';
import { openTerminal } from './terminal.js';

/** What `edgeml quantize --json` prints: the report, where the files are, and what became of the gates. */
export interface QuantizeDocument extends QuantizeReport {
  readonly gates?: GateReport;
  /** The edgeml.yaml that was read. */
  readonly config?: string;
}

/** What a stage is called on the progress line, and what it counts. */
const stages: Readonly<Record<Stage, readonly [name: string, unit?: string]>> = {
  calibrate: ['Calibrating', 'samples'],
  reference: ['Running the float model', 'samples'],
  ranges: ['Trying range methods'],
  weights: ['Rounding weights'],
  verify: ['Verifying', 'samples'],
};

/** `edgeml quantize [model]`: settings, then the quantizer, then the files, then the summary. */
export async function quantizeCommand(model: string | undefined, flags: Readonly<Record<string, Given>>): Promise<void> {
  const settings = await resolveSettings('quantize', flags, model);
  const { values } = settings;
  const source = modelOf('quantize', settings);
  const outputs = planOutputs(source, values.scheme ?? 'int8', values.output, values.to);
  for (const { path } of outputs) await checkWritable(path);
  const terminal = await openTerminal(values);
  try {
    for (const w of settings.warnings) terminal.warn(w);
    const { quantize } = await import('../../quantize/index.js');
    const gates = gatesOf(values);
    const { files, report, gateError } = await quantize(source, {
      ...readOptions(values),
      ...samplesOf(settings),
      data: dataOptions(values),
      ...quantizationOf(values),
      to: outputs.map((o) => o.target),
      gates,
      onProgress: (stage, done, total) => {
        const [name, unit] = stages[stage];
        terminal.progress.update(name, done, total, unit);
      },
      onWarning: terminal.warn,
    });
    if (!gateError) await writeAllAtomic(outputs.map((o) => ({ path: o.path, bytes: files[o.target] as Uint8Array })));
    const document = documentOf(report, outputs, settings, gates && gateReport(gates, gateError));
    terminal.result(document, () =>
      values.quiet ? (gateError ? [] : outputs.map((o) => o.path)) : renderQuantize(document, outputs, terminal.style),
    );
    if (gateError) throw new GateError(`${gateError.message}\nNothing was written.`, { cause: gateError });
  } finally {
    terminal.progress.stop();
  }
}

/** Samples by the more specific wish: noise asked for on the command line goes before data named in edgeml.yaml, and the reverse. */
function samplesOf({ values, origins }: Resolved) {
  const { calibrate, evaluate, randomCalibration } = values;
  if (!calibrate || !randomCalibration) return { calibrate, evaluate, randomCalibration };
  if (origins.get('calibrate') === origins.get('randomCalibration'))
    throw new UsageError('--calibrate and --random-calibration exclude each other: give samples, or none.');
  const noise = origins.get('randomCalibration') === 'flag' || origins.get('calibrate') === 'edgeml.yaml';
  return noise ? { randomCalibration } : { calibrate, evaluate };
}

const quantizationOf = ({ scheme, io, ranges, fc, keepFloat, adaptiveRounding, equalize, ioLayout }: Values) => ({
  ...{ scheme, io, ranges, keepFloat, adaptiveRounding, equalize, ioLayout },
  fullyConnected: fc,
});

function documentOf(
  report: QuantizeReport,
  outputs: readonly Output[],
  { config }: Resolved,
  gates: GateReport | undefined,
): QuantizeDocument {
  const written = gates === undefined || gates.met;
  const pathOf = new Map(outputs.map((o) => [o.target, o.path]));
  return {
    ...report,
    files: report.files.map((f) => (written ? { ...f, path: pathOf.get(f.format) as string } : f)),
    ...(gates && { gates }),
    ...(config !== undefined && { config }),
  };
}
