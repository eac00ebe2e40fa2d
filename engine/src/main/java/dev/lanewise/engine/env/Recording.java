package dev.lanewise.engine.env;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What an environment did elsewhere, in a CSV file with a line of column names.
 *
 * <p>Transitions, one a row: the state before ("state0", "state1", ..., or by parts, "qpos0", ...,
 * "qvel0", ...), "action0", ..., and what it led to: "next_state0", ..., "obs0", ..., "reward",
 * "terminated", and if wanted "truncated".
 *
 * <p>Episodes, one step a row: "episode", "t" (1, 2, ...), the state that an episode begins in
 * ("start0", ..., all parts one after the other) on its first row and empty below, then "action0",
 * ..., "obs0", ..., "reward", "terminated", "truncated".
 */
public final class Recording {
  private final String name;
  private final int rows;
  private final SequencedMap<String, double[]> columns = new LinkedHashMap<>();

  private Recording(String name, int rows) {
    this.name = name;
    this.rows = rows;
  }

  /**
   * Reads a file.
   *
   * @throws IllegalArgumentException if it is no such table; it names the line and the column
   * @throws IOException if there is no such file, or it cannot be read
   */
  public static Recording read(Path file) throws IOException {
    try {
      if (Files.isDirectory(file)) {
        throw new IllegalArgumentException(
            file + " is a folder; name a file of recorded transitions");
      }
      return of(file.toString(), Files.readAllLines(file));
    } catch (NoSuchFileException e) {
      throw new NoSuchFileException("there is no file " + file);
    } catch (MalformedInputException e) {
      throw new IllegalArgumentException(file + " is not a text file in UTF-8", e);
    }
  }

  /**
   * Of lines of text. Flags may be 0 and 1 or false and true; empty lines at the end, a byte order
   * mark and blanks around cells do not count.
   *
   * @param name for messages
   */
  public static Recording of(String name, List<String> all) {
    int count = all.size();
    while (count > 0 && all.get(count - 1).isBlank()) {
      count--;
    }
    var lines = all.subList(0, count);
    if (lines.isEmpty() || lines.getFirst().isBlank()) {
      throw new IllegalArgumentException(
          name + ", line 1: it has no column names, such as state0,action0,next_state0,reward");
    }
    if (lines.size() == 1) {
      throw new IllegalArgumentException(name + ", line 2: there is nothing below the names");
    }
    var recording = new Recording(name, lines.size() - 1);
    var names =
        Stream.of(lines.getFirst().replace("\ufeff", "").split(",", -1))
            .map(String::strip)
            .toArray(String[]::new);
    for (var column : names) {
      if (column.isBlank() || recording.columns.put(column, new double[lines.size() - 1]) != null) {
        throw new IllegalArgumentException(
            "%s, line 1: the column '%s' %s"
                .formatted(name, column, column.isBlank() ? "has no name" : "is there twice"));
      }
    }
    for (int row = 0; row < recording.rows; row++) {
      recording.readRow(row, names, lines.get(row + 1));
    }
    return recording;
  }

  private void readRow(int row, String[] names, String line) {
    var cells = line.split(",", -1);
    if (cells.length != names.length) {
      throw new IllegalArgumentException(
          "%s, line %d: it has %d cells, but there are %d column names; the first that %s is '%s'"
              .formatted(
                  name,
                  line(row),
                  cells.length,
                  names.length,
                  cells.length < names.length ? "is missing" : "is too many",
                  cells.length < names.length ? names[cells.length] : cells[names.length]));
    }
    for (int c = 0; c < names.length; c++) {
      columns.get(names[c])[row] = number(row, names[c], cells[c].strip());
    }
  }

  /** Only the start of an episode may be empty, which is NaN here. */
  private double number(int row, String column, String cell) {
    if (cell.isEmpty() && column.startsWith("start")) {
      return Double.NaN;
    }
    double value =
        switch (cell) {
          case "false", "False" -> 0;
          case "true", "True" -> 1;
          default -> number(cell);
        };
    if (!Double.isFinite(value)) {
      throw wrong(row, column, "'%s' is not a finite number".formatted(cell));
    }
    return value;
  }

  private static double number(String cell) {
    try {
      return Double.parseDouble(cell);
    } catch (NumberFormatException e) {
      return Double.NaN;
    }
  }

  /** The line of the file that a row, counted from 0, is on. */
  int line(int row) {
    return row + 2;
  }

  int rows() {
    return rows;
  }

  Set<String> names() {
    return columns.keySet();
  }

  boolean has(String column) {
    return columns.containsKey(column);
  }

  /** Whether there is a step of an episode on each row, and not a transition by itself. */
  public boolean isOfEpisodes() {
    return has("episode");
  }

  /**
   * @throws IllegalArgumentException if there is no such column
   */
  double at(String column, int row) {
    var values = columns.get(column);
    if (values == null) {
      throw new IllegalArgumentException(
          "%s, line 1: there is no column '%s'".formatted(name, column));
    }
    return values[row];
  }

  /** The numbers of a row in the columns prefix0, prefix1, ... */
  double[] at(String prefix, int length, int row) {
    var values = new double[length];
    for (int j = 0; j < length; j++) {
      values[j] = at(prefix + j, row);
    }
    return values;
  }

  /** The first row of each episode, and behind them the number of rows. */
  List<Integer> episodes() {
    var firsts = new ArrayList<Integer>();
    for (int row = 0; row < rows; row++) {
      boolean first = row == 0 || at("episode", row) != at("episode", row - 1);
      if (first) {
        firsts.add(row);
      }
      double t = first ? 1 : at("t", row - 1) + 1;
      if (at("t", row) != t) {
        throw wrong(row, "t", "it is %s, but step %.0f is next".formatted(at("t", row), t));
      }
    }
    firsts.add(rows);
    return firsts;
  }

  /**
   * Refuses columns that nobody reads, which may be misspelt.
   *
   * @param known how each that is read begins, with the number of such columns, 0 for one without a
   *     number behind its name
   */
  void checkColumns(String env, Map<String, Integer> known) {
    var expected = new ArrayList<String>();
    known.forEach(
        (prefix, count) -> {
          if (count == 0) {
            expected.add(prefix);
          }
          for (int j = 0; j < count; j++) {
            expected.add(prefix + j);
          }
        });
    for (var column : names()) {
      if (!expected.contains(column)) {
        throw new IllegalArgumentException(
            "%s, line 1: %s has nothing that the column '%s' could be compared with%s"
                .formatted(
                    name,
                    env,
                    column,
                    Nearest.to(column, expected)
                        .map(nearest -> "; did you mean " + nearest + "?")
                        .orElse("")));
      }
    }
    for (var column : expected) {
      if (!has(column) && !column.startsWith("next_")) {
        throw new IllegalArgumentException(
            "%s, line 1: there is no column '%s', which a recording of %s has"
                .formatted(name, column, env));
      }
    }
  }

  IllegalArgumentException wrong(int row, String column, String what) {
    return new IllegalArgumentException(
        "%s, line %d, column '%s': %s".formatted(name, line(row), column, what));
  }
}
