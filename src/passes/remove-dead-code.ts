import type { Pass } from './pass.js';

/** A node none of whose outputs is read goes; the driver repeats until nothing more falls. */
export const removeDeadCode: Pass = {
  name: 'remove-dead-code',
  law: 'y = f(x), y unused -> nothing',
  match(node, { view }) {
    const used = node.outputs.some((v) => view.isOutput(v) || view.consumers(v).length > 0);
    return used ? undefined : { remove: [node] };
  },
};
