package dev.lanewise.algos.cli;

import java.util.List;
import java.util.SequencedMap;

/**
 * An algorithm on an environment, several times.
 *
 * @param preset the hyperparameters in force that are known to work for the two
 * @param given those in the command
 * @param runs one a seed
 */
record BenchmarkPair(
    String algorithm,
    String env,
    SequencedMap<String, String> preset,
    SequencedMap<String, String> given,
    List<BenchmarkRun> runs) {}
