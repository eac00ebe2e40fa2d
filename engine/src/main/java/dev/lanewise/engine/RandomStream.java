package dev.lanewise.engine;

import dev.lanewise.kernels.Philox;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The random numbers of a run: one seed, and under it a named, independent stream for every use.
 * The same name under the same seed is the same stream, so that adding a use changes no other.
 */
public final class RandomStream {
  private final long seed;
  private final Map<String, Philox> streams = new LinkedHashMap<>();

  private RandomStream(long seed) {
    this.seed = seed;
  }

  public static RandomStream of(long seed) {
    return new RandomStream(seed);
  }

  public long seed() {
    return seed;
  }

  /** The stream of this name; asked twice, the same object. */
  public Philox stream(String name) {
    return streams.computeIfAbsent(name, n -> new Philox(seed, fnv1a(n)));
  }

  /** How far every stream has come, by name: all that a checkpoint needs. */
  public Map<String, Long> counters() {
    var counters = new LinkedHashMap<String, Long>();
    streams.forEach((name, stream) -> counters.put(name, stream.counter()));
    return counters;
  }

  public void restore(Map<String, Long> counters) {
    counters.forEach((name, counter) -> stream(name).seek(counter));
  }

  /** Names of the streams asked for so far. */
  public java.util.List<String> names() {
    return new ArrayList<>(streams.keySet());
  }

  /** The 64-bit FNV-1a hash, for stream numbers that do not depend on the order of use. */
  private static long fnv1a(String name) {
    long hash = 0xcbf29ce484222325L;
    for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (b & 0xff)) * 0x100000001b3L;
    }
    return hash;
  }
}
