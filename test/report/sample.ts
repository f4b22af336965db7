import type { BenchReport, DeviceResult, LayerShare, RuntimeName, Source } from '../../src/bench/types.js';

type Row = readonly [
  operator: 'Conv2D' | 'DepthwiseConv2D' | 'Add' | 'AveragePool2D' | 'FullyConnected' | 'Softmax',
  macs: number,
  live: number,
];

const kib = 1024;

/** The shapes of three tasks of MLPerf Tiny: keyword spotting, image classification, visual wake words. */
const networks: Readonly<Record<string, { size: number; parameters: number; accuracy: number; rows: readonly Row[] }>> = {
  'models/kws_int8.tflite': { size: 53_936, parameters: 24_908, accuracy: 0.917, rows: keywords() },
  'models/ic_int8.tflite': { size: 98_512, parameters: 78_666, accuracy: 0.871, rows: images() },
  'models/vww_int8.tflite': { size: 325_424, parameters: 221_794, accuracy: 0.863, rows: wakeWords() },
};

function keywords(): Row[] {
  const plane = 125 * 64;
  const block: Row[] = [
    ['DepthwiseConv2D', plane * 9, 2 * plane],
    ['Conv2D', plane * 64, 2 * plane],
  ];
  return [
    ['Conv2D', plane * 40, 490 + plane],
    ...block,
    ...block,
    ...block,
    ...block,
    ['AveragePool2D', 0, plane + 64],
    ['FullyConnected', 768, 76],
    ['Softmax', 0, 24],
  ];
}

function images(): Row[] {
  const stage = (size: number, from: number, to: number): Row[] => {
    const plane = size * size * to;
    const before = from === to ? plane : size * size * 4 * from;
    return [
      ['Conv2D', plane * 9 * from, before + plane],
      ['Conv2D', plane * 9 * to, before + 2 * plane],
      ...(from === to ? [] : ([['Conv2D', plane * from, before + 2 * plane]] as const)),
      ['Add', 0, 3 * plane],
    ];
  };
  return [
    ['Conv2D', 32 * 32 * 16 * 27, 3072 + 16_384],
    ...stage(32, 16, 16),
    ...stage(16, 16, 32),
    ...stage(8, 32, 64),
    ['AveragePool2D', 0, 4160],
    ['FullyConnected', 640, 74],
    ['Softmax', 0, 20],
  ];
}

function wakeWords(): Row[] {
  const channels = [8, 16, 32, 32, 64, 64, 128, 128, 128, 128, 128, 128, 256, 256];
  const strided = [1, 3, 5, 11];
  let size = 48;
  const rows: Row[] = [['Conv2D', 48 * 48 * 8 * 27, 27_648 + 18_432]];
  for (let i = 0; i < 13; i++) {
    const before = size * size * channels[i];
    if (strided.includes(i)) size /= 2;
    const [deep, wide] = [size * size * channels[i], size * size * channels[i + 1]];
    rows.push(['DepthwiseConv2D', deep * 9, before + deep], ['Conv2D', wide * channels[i], deep + wide]);
  }
  return [...rows, ['AveragePool2D', 0, 9 * 256 + 256], ['FullyConnected', 512, 258], ['Softmax', 0, 4]];
}

interface Board {
  readonly device: string;
  readonly runtime: RuntimeName;
  /** Nanoseconds per multiply-accumulate. */
  readonly ns: number;
  readonly source: Source;
  /** Of the range, as a share of the middle. */
  readonly spread: number;
  readonly watts: number;
  readonly ram?: number;
  readonly flash?: number;
  readonly code?: number;
}

const boards: readonly Board[] = [
  {
    device: 'pico',
    runtime: 'tflm-cmsis-nn',
    ns: 96,
    source: 'estimated',
    spread: 0.17,
    watts: 0.09,
    ram: 264 * kib,
    flash: 2048 * kib,
    code: 61_000,
  },
  {
    device: 'pico',
    runtime: 'edgeml-c',
    ns: 71,
    source: 'estimated',
    spread: 0.2,
    watts: 0.09,
    ram: 264 * kib,
    flash: 2048 * kib,
    code: 14_500,
  },
  {
    device: 'esp32s3',
    runtime: 'tflm-esp-nn',
    ns: 9.4,
    source: 'estimated',
    spread: 0.18,
    watts: 0.31,
    ram: 512 * kib,
    flash: 8192 * kib,
    code: 74_000,
  },
  {
    device: 'nucleo-l4r5zi',
    runtime: 'tflm-cmsis-nn',
    ns: 30,
    source: 'estimated',
    spread: 0.12,
    watts: 0.051,
    ram: 640 * kib,
    flash: 2048 * kib,
    code: 58_000,
  },
  {
    device: 'nucleo-l4r5zi',
    runtime: 'edgeml-c',
    ns: 25,
    source: 'emulated',
    spread: 0.1,
    watts: 0.051,
    ram: 640 * kib,
    flash: 2048 * kib,
    code: 13_200,
  },
  {
    device: 'cortex-m0plus',
    runtime: 'tflm',
    ns: 690,
    source: 'estimated',
    spread: 0.24,
    watts: 0.02,
    ram: 36 * kib,
    flash: 256 * kib,
    code: 49_000,
  },
  { device: 'pi4', runtime: 'litert', ns: 0.16, source: 'measured', spread: 0.06, watts: 4.8 },
  { device: 'jetson-orin-nano', runtime: 'tensorrt', ns: 0.021, source: 'published', spread: 0.09, watts: 11 },
];

const hows: Readonly<Record<Source, string>> = {
  estimated: 'cycle model of 2026-11, 41 published rows',
  emulated: 'exact instructions in QEMU, 1.14 cycles per instruction on Cortex-M4',
  measured: 'middle of 412 runs, 4 threads, governor performance, 52 °C',
  published: 'MLPerf Tiny v1.2, closed division',
};

const overhead: Readonly<Record<Row[0], number>> = {
  Conv2D: 1,
  DepthwiseConv2D: 2.6,
  Add: 1,
  AveragePool2D: 1,
  FullyConnected: 1.4,
  Softmax: 1,
};

function resultOf(model: string, b: Board): DeviceResult {
  const { rows, size } = networks[model];
  const small = b.ram !== undefined;
  const layers = rows.map(
    ([operator, macs, live], i): LayerShare => ({
      name: `${{ Conv2D: 'conv', DepthwiseConv2D: 'depthwise', Add: 'add', AveragePool2D: 'pool', FullyConnected: 'dense', Softmax: 'softmax' }[operator]}_${i + 1}`,
      operator,
      macs,
      ms: ((macs * overhead[operator] + live * 2) * b.ns) / 1e6,
      ...(small && { live_bytes: b.runtime === 'edgeml-c' && operator === 'DepthwiseConv2D' ? Math.round(live * 0.62) : live }),
    }),
  );
  const p50 = layers.reduce((sum, l) => sum + (l.ms ?? 0), 0);
  const arena = Math.max(...layers.map((l) => l.live_bytes ?? 0));
  const ram_parts = [
    { what: 'activations', bytes: arena },
    { what: 'runtime', bytes: b.runtime === 'edgeml-c' ? 240 : 5400 },
    { what: 'stack', bytes: 2048 },
  ];
  const flash_parts = [
    { what: 'weights', bytes: size },
    { what: 'code', bytes: b.code ?? 0 },
  ];
  const [ram, flash] = [ram_parts, flash_parts].map((parts) => parts.reduce((sum, p) => sum + p.bytes, 0));
  const over = [
    ...(b.ram && ram > b.ram
      ? [`RAM: ${((ram - b.ram) / kib).toFixed(1)} KiB too much; activations take ${(arena / kib).toFixed(1)} KiB.`]
      : []),
    ...(b.flash && flash > b.flash
      ? [`Flash: ${((flash - b.flash) / kib).toFixed(1)} KiB too much; weights take ${(size / kib).toFixed(1)} KiB.`]
      : []),
  ];
  return {
    model,
    device: b.device,
    runtime: b.runtime,
    fits: over.length === 0,
    ...(over.length > 0 && { reasons: over }),
    ...(small
      ? { ram_bytes: ram, flash_bytes: flash, ram_available_bytes: b.ram, flash_available_bytes: b.flash, ram_parts, flash_parts }
      : { ram_bytes: 21_400_000 + 3 * size }),
    latency_ms: { p10: p50 * (1 - b.spread), p50, p90: p50 * (1 + b.spread * 1.2) },
    energy_uj: p50 * b.watts * 1000,
    ...(b.source === 'emulated' && { instructions: Math.round(p50 * 105_000) }),
    source: b.source,
    how: hows[b.source],
    layers,
  };
}

/** A report as `edgeml bench` makes it, of three models on seven devices; figures are of a plausible size and nobody's measurement. */
export function sampleReport(models: readonly string[] = Object.keys(networks)): BenchReport {
  return {
    schema: 'edgeml.bench/1',
    models: models.map((path) => {
      const { size, parameters, accuracy, rows } = networks[path];
      return { path, format: 'tflite', size, macs: rows.reduce((sum, r) => sum + r[1], 0), parameters, accuracy };
    }),
    devices: models.flatMap((model) => boards.map((b) => resultOf(model, b))),
    warnings: ['models/vww_int8.tflite: no published result of this shape on RP2040; its range is wider than the others.'],
  };
}

/** Names as a stranger's model file, device profile or probe might hold them. */
export function hostileReport(): BenchReport {
  const evil = `</title><script>window.pwned=1</script>"><img src=x onerror="window.pwned=1">'\u0000\u202e&amp;`;
  const long = 'very-long-name-'.repeat(30);
  const base = sampleReport();
  const rename = (path: string): string => (path.includes('kws') ? evil : path.includes('ic_') ? long : path);
  return {
    ...base,
    models: base.models.map((m) => ({ ...m, path: rename(m.path), format: evil })),
    devices: base.devices.map((d, i) => ({
      ...d,
      model: rename(d.model),
      device: i % 3 === 0 ? evil : i % 3 === 1 ? long : d.device,
      how: evil,
      ...(d.reasons && { reasons: [evil, long] }),
      layers: d.layers?.map((l, k) => ({ ...l, name: k % 2 ? evil : long, operator: k % 3 ? evil : long })),
      ram_parts: d.ram_parts?.map((p, k) => ({ ...p, what: k ? evil : long })),
    })),
    warnings: [evil, long],
  };
}

/** Every profile with every runtime: more results than a chart has room for names. */
export function crowdedReport(): BenchReport {
  const base = sampleReport(['models/kws_int8.tflite', 'models/vww_int8.tflite']);
  const devices = base.devices.flatMap((d) =>
    Array.from({ length: 7 }, (_, i) => ({
      ...d,
      device: `${d.device}-${i + 1}`,
      latency_ms: d.latency_ms && { p10: d.latency_ms.p10 * 1.1 ** i, p50: d.latency_ms.p50 * 1.1 ** i, p90: d.latency_ms.p90 * 1.1 ** i },
    })),
  );
  return { ...base, devices };
}

/** A report of a model that does not run where it was asked for. */
export function sparseReport(): BenchReport {
  return {
    schema: 'edgeml.bench/1',
    models: [{ path: 'a.tflite', format: 'tflite', size: 4096, macs: 0, parameters: 12 }],
    devices: [
      {
        model: 'a.tflite',
        device: 'pico',
        runtime: 'tflm',
        fits: false,
        reasons: ['TFLite Micro has no operator RFFT2D.'],
        source: 'estimated',
      },
    ],
    warnings: [],
  };
}
