import type { Rule } from '../records.js';

function imageOnly(rank: number): string {
  return `works on a tensor of rank ${rank}, not on images [N,C,H,W]`;
}

const depthToSpace: Rule = (node, b) => {
  const x = node.input(0);
  if (x.shape.length !== 4) node.refuse(imageOnly(x.shape.length));
  const mode = node.string('mode', 'DCR');
  if (mode !== 'DCR' && mode !== 'CRD') node.refuse(`has the mode '${mode}'`);
  const y = b.op('DepthToSpace', [b.toChannelsLast(x)], { blockSize: node.int('blocksize'), mode });
  return [b.toChannelsFirst(y, 4)];
};

const spaceToDepth: Rule = (node, b) => {
  const x = node.input(0);
  if (x.shape.length !== 4) node.refuse(imageOnly(x.shape.length));
  const mode = node.string('mode', 'DCR');
  if (mode !== 'DCR') node.refuse(`has the mode '${mode}'`);
  const y = b.op('SpaceToDepth', [b.toChannelsLast(x)], { blockSize: node.int('blocksize') });
  return [b.toChannelsFirst(y, 4)];
};

/** Across channels, which are the second axis in ONNX and the last one in the graph. */
const lrn: Rule = (node, b) => {
  const x = node.input(0);
  const rank = x.shape.length;
  if (rank < 2) node.refuse(`works on a tensor of rank ${rank}, which has no channels`);
  const attrs = { size: node.int('size'), alpha: node.float('alpha', 1e-4), beta: node.float('beta', 0.75), bias: node.float('bias', 1) };
  if (rank === 3 || rank === 4) return [b.toChannelsFirst(b.op('LRN', [b.toChannelsLast(x)], attrs), rank)];
  const order = [0, ...Array.from({ length: rank - 2 }, (_, i) => i + 2), 1];
  const back = [0, rank - 1, ...Array.from({ length: rank - 2 }, (_, i) => i + 1)];
  return [b.transpose(b.op('LRN', [b.transpose(x, order)], attrs), back)];
};

export const channelRules: Record<string, Rule> = { DepthToSpace: depthToSpace, SpaceToDepth: spaceToDepth, LRN: lrn };
