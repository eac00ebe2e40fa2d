/** Tensors, plans that are recorded once and replayed, random streams, batched environments. */
module dev.lanewise.engine {
  requires java.xml;
  requires transitive dev.lanewise.kernels;

  exports dev.lanewise.engine;
  exports dev.lanewise.engine.env;
}
