/** The shapes of graphs that are measured: for each task its dependencies, which come before it. */

const width = 100;

const shapes = {
  /** One after another. */
  chain: (node) => (node === 0 ? [] : [node - 1]),
  /** All behind the first. */
  fan: (node) => (node === 0 ? [] : [0]),
  /** Layers of a hundred, each task behind three of the layer before. */
  layered: (node) => {
    if (node < width) return [];
    const before = node - (node % width) - width;
    const column = node % width;
    return [before + column, before + ((column + 1) % width), before + ((column + 7) % width)];
  },
  /** Diamonds in a row: split, two sides, join; each join is the next split. */
  diamond: (node) => {
    if (node === 0) return [];
    if (node % 3 === 0) return [node - 2, node - 1];
    return [node - (node % 3)];
  },
};

export const shapeNames = Object.keys(shapes);

/** The name of a task. */
export const id = (node) => `task-${node}`;

/** A graph of `size` named tasks. */
export const tasks = (shape, size) =>
  Array.from({ length: size }, (_, node) => {
    const dependsOn = shapes[shape](node).map(id);
    return dependsOn.length === 0 ? { id: id(node) } : { id: id(node), dependsOn };
  });
