package dev.lanewise.algos;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** Lists of whole numbers as text, for snapshots. */
final class Longs {
  private Longs() {}

  static String join(long[] values) {
    return Arrays.stream(values).mapToObj(Long::toString).collect(Collectors.joining(" "));
  }

  /** Every text whose name begins so, by the rest of its name. */
  static Map<String, long[]> withPrefix(Snapshot snapshot, String prefix) {
    var found = new LinkedHashMap<String, long[]>();
    snapshot
        .texts()
        .forEach(
            (name, text) -> {
              if (name.startsWith(prefix)) {
                found.put(name.substring(prefix.length()), split(name, text));
              }
            });
    return found;
  }

  private static long[] split(String name, String text) {
    try {
      return text.isEmpty()
          ? new long[0]
          : Arrays.stream(text.split(" ")).mapToLong(Long::parseLong).toArray();
    } catch (NumberFormatException e) {
      throw new SnapshotException(name + " is not a list of whole numbers", e);
    }
  }
}
