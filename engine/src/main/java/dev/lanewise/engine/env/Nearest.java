package dev.lanewise.engine.env;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Which name was meant by one that there is not. */
public final class Nearest {

  private Nearest() {}

  /**
   * The candidate with the fewest letters inserted, deleted or replaced, if those are no more than
   * two or a third of the name; upper and lower case are alike.
   */
  public static Optional<String> to(String name, Collection<String> candidates) {
    String nearest = null;
    int fewest = Math.max(2, name.length() / 3) + 1;
    for (var candidate : candidates) {
      int edits = distance(name.toLowerCase(Locale.ROOT), candidate.toLowerCase(Locale.ROOT));
      if (edits < fewest) {
        fewest = edits;
        nearest = candidate;
      }
    }
    return Optional.ofNullable(nearest);
  }

  /**
   * The sentence for an unknown name: "unknown environment 'Pendulum-v0'; did you mean
   * Pendulum-v1?", or what there is where nothing is near.
   */
  public static String unknown(String what, String name, Collection<String> candidates) {
    return "unknown %s '%s'; ".formatted(what, name)
        + to(name, candidates)
            .map(nearest -> "did you mean " + nearest + "?")
            .orElseGet(() -> "there is " + String.join(", ", candidates));
  }

  /** Levenshtein's distance (1966), by the table of Wagner and Fischer (1974), row by row. */
  static int distance(String a, String b) {
    var above = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      above[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      var row = new int[b.length() + 1];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = above[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(replaced, 1 + Math.min(above[j], row[j - 1]));
      }
      above = row;
    }
    return above[b.length()];
  }
}
