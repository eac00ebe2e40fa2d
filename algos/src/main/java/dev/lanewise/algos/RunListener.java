package dev.lanewise.algos;

import java.io.IOException;
import java.util.SequencedMap;

/** Whoever watches a {@link Runner}; called on its thread. */
public interface RunListener {

  /** Something that the user should know. */
  default void notice(String sentence) {}

  /** After every {@link Training#advance}, so answer quickly. */
  default void advanced(Training training) {}

  /** A row was added to the log. Without an evaluation its eval/ columns are NaN. */
  default void logged(SequencedMap<String, Double> row) {}

  /** A checkpoint was written. */
  default void saved(RunFolder folder) throws IOException {}
}
