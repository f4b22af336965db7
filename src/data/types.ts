import type { Tensor } from '../ir/tensor.js';
import type { TypeInfo } from '../ir/types.js';

/** An input of a model, as far as data is concerned. `shape` is complete; where its rank is 2 or more, dimension 0 is the batch. */
export interface PortSpec extends TypeInfo {
  readonly name: string;
}

/** How stored samples become the numbers that a model takes. All of it is optional. */
export interface DataOptions {
  /** Images: `stretch` to height × width (default), `crop` the centre after scaling the shorter side, or `letterbox` (scale the longer side, pad). */
  readonly resize?: 'stretch' | 'crop' | 'letterbox';
  /** Images: the resampling filter. `bilinear` (default) and `bicubic` (a = -0.5) are widened when shrinking, as in Pillow. */
  readonly filter?: 'bilinear' | 'bicubic' | 'nearest';
  /** Images, `crop`: the share of the shorter side that is kept, (0, 1]. 0.875 is "resize to 256, crop 224". Default 1. */
  readonly cropFraction?: number;
  /** Images, `letterbox`: the pixel value of the border, 0 … 255. Default 0, black. */
  readonly pad?: number;
  /** Images: the order of the colour channels that the model takes. Default `rgb`. */
  readonly channels?: 'rgb' | 'bgr';

  /** Subtracted from the stored values (pixels are 0 … 255): one number, or one per channel. Default 0. */
  readonly mean?: number | readonly number[];
  /** The difference is divided by this: one number, or one per channel. Default 1. */
  readonly std?: number | readonly number[];
  /** The difference is multiplied by this, in place of `std`. */
  readonly scale?: number;

  /** Raw files: the element type, little endian. */
  readonly raw?: RawType;
  /** Raw, .npy and .npz: the layout of the stored samples, where it is not the model's; they are transposed. */
  readonly layout?: 'nhwc' | 'nchw';
  /** Raw and .wav files longer than a sample are cut into windows that begin every `step` elements. */
  readonly step?: number;
  /** Elements per window; has to be what the model takes, which is also the default. */
  readonly window?: number;
  /** .wav: the sample rate in Hz that the model was trained with; files of another rate are resampled. */
  readonly sampleRate?: number;

  /** A CSV or JSON file of labels. Without it, y_labels.csv, labels.csv or labels.json in the folder is used, then class folders. */
  readonly labels?: string;
  /** CSV rows: the column that holds the label, by its name in the header or its number counted from 1. */
  readonly labelColumn?: string | number;
  /** Class names in the order of the model's outputs, where that is not their sorted order. */
  readonly classes?: readonly string[];
  /** Added to every class index: 1 for a model whose first class is the background where labels begin with the second. Default 0. */
  readonly labelOffset?: number;

  /** At most this many samples. */
  readonly samples?: number;
  /** Which of them: `random` (default; a shuffle of the sorted order, seeded) or the `first` in sorted order. */
  readonly take?: 'random' | 'first';
  /** Seed of everything random, an integer. Default 0. */
  readonly seed?: number;

  /** Options that differ for one input of several, by its name. */
  readonly perInput?: Readonly<Record<string, DataOptions>>;
}

export type RawType = 'uint8' | 'int8' | 'int16' | 'float32';

/** One run of a model. */
export interface Sample {
  /** Where it came from: a file's path inside the folder, with the row or window where it holds several. */
  readonly name: string;
  /** One tensor per input, by the input's name, with the input's type and shape. */
  readonly inputs: Readonly<Record<string, Tensor>>;
  /** Class index, where known. */
  readonly label?: number;
}

/** Samples in a fixed order, each decoded when it is read. */
export interface Dataset {
  readonly size: number;
  /** What the path holds: "500 images in 10 class folders". */
  readonly description: string;
  /** What happens to the stored values on their way to the model: "stretched to 32×32 (bilinear), RGB, (value - 128) / 128". */
  readonly preparation: string;
  /** What decoded the files where that is not edgeml itself: "sharp 0.35.5 / libvips 8.18.7". */
  readonly decoder?: string;
  /** Class names by index, where known. */
  readonly classes?: readonly string[];
  /** Number of samples with a label. */
  readonly labelled: number;
  /** Things the user should know, as sentences. */
  readonly warnings: readonly string[];
  /** The name of sample `i`, without reading it. */
  name(i: number): string;
  /** The class index of sample `i`, without reading it. */
  label(i: number): number | undefined;
  /** Samples of one group come from one recording: {@link splitDataset} never parts them. */
  group(i: number): string;
  /** Reads and decodes sample `i`. Throws ModelError naming the file; RangeError where `i` is outside [0, size). */
  read(i: number): Promise<Sample>;
  /** The samples at these indices, in this order. Throws RangeError where one is outside. */
  subset(indices: readonly number[]): Dataset;
  /** Frees what an unpacked archive takes (of every subset too). Nothing can be read afterwards. */
  close(): Promise<void>;
}

/** What is known of a record without decoding it. */
export interface Item {
  readonly name: string;
  /** The path that a labels file may call it by, relative to the folder, with `/`. */
  readonly file: string;
  readonly group: string;
  readonly label?: number;
}

/** The records of one input. */
export interface Source {
  readonly length: number;
  readonly description: string;
  readonly preparation: string;
  readonly decoder?: string;
  readonly classes?: readonly string[];
  readonly warnings: readonly string[];
  /** Whether records are files, to be matched by name with those of other inputs; otherwise they are matched by position. */
  readonly named: boolean;
  item(i: number): Item;
  read(i: number): Promise<Tensor>;
  close?(): Promise<void>;
}
