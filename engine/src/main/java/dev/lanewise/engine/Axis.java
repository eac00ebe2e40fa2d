package dev.lanewise.engine;

/** The two axes of a tensor. */
public enum Axis {
  /** The rows: reducing over the samples of an n × d tensor leaves 1 × d. */
  SAMPLES,
  /** The columns: reducing over the features of an n × d tensor leaves n × 1. */
  FEATURES
}
