/**
 * Tensors and plans: expressions are recorded once, compiled, and replayed for ever without
 * allocating. This room knows when and where a kernel runs, and no derivatives.
 */
package dev.lanewise.engine;
