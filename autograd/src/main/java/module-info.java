/**
 * Derivatives of recorded tensors, and what is built on them: layers, distributions, optimizers.
 */
module dev.lanewise.autograd {
  requires transitive dev.lanewise.engine;

  exports dev.lanewise.autograd;
}
