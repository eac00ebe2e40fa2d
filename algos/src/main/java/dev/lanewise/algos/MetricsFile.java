package dev.lanewise.algos;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.Collectors;

/**
 * The log of a run: comma-separated values under the names of their columns, a row at a time. What
 * has no value yet is empty. The first column is the number of environment steps.
 */
public final class MetricsFile implements AutoCloseable {
  private final Path path;
  private final List<String> columns;
  private final FileChannel channel;

  private MetricsFile(Path path, List<String> columns, FileChannel channel) {
    this.path = path;
    this.columns = List.copyOf(columns);
    this.channel = channel;
  }

  static MetricsFile create(Path path, List<String> columns) throws IOException {
    RunFolder.write(path, (String.join(",", columns) + "\n").getBytes(StandardCharsets.UTF_8));
    return append(path, columns);
  }

  /**
   * Goes on with a log, without the rows of later steps and without a row that was cut off.
   *
   * @throws IOException if it has other columns
   */
  static MetricsFile reopen(Path path, List<String> columns, long lastStep) throws IOException {
    var text = Files.readString(path, StandardCharsets.ISO_8859_1);
    var lines = text.substring(0, text.lastIndexOf('\n') + 1).split("\n");
    if (!lines[0].equals(String.join(",", columns))) {
      throw new IOException(
          "%s does not have the columns of this run; move it away to go on with a new one"
              .formatted(path));
    }
    var kept = new StringBuilder(lines[0]).append('\n');
    for (int i = 1; i < lines.length; i++) {
      if (number(path, i + 1, lines[i].substring(0, Math.max(0, lines[i].indexOf(','))))
          <= lastStep) {
        kept.append(lines[i]).append('\n');
      }
    }
    RunFolder.write(path, kept.toString().getBytes(StandardCharsets.ISO_8859_1));
    return append(path, columns);
  }

  private static MetricsFile append(Path path, List<String> columns) throws IOException {
    return new MetricsFile(
        path, columns, FileChannel.open(path, StandardOpenOption.WRITE, StandardOpenOption.APPEND));
  }

  /** Adds a row, at once readable by others. */
  void append(Map<String, Double> row) throws IOException {
    if (!columns.containsAll(row.keySet())) {
      throw new IllegalStateException(
          "%s has the columns %s from its beginning, but the row has %s"
              .formatted(path, columns, row.keySet()));
    }
    var line =
        columns.stream()
            .map(column -> text(row.getOrDefault(column, Double.NaN)))
            .collect(Collectors.joining(",", "", "\n"));
    var bytes = ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8));
    try {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    } catch (IOException e) {
      throw RunFolder.cannotWrite(path, e);
    }
  }

  /** To the disk, so that no power cut loses rows that a checkpoint counts on. */
  void force() throws IOException {
    channel.force(true);
  }

  private static String text(double value) {
    if (Double.isNaN(value)) {
      return "";
    }
    boolean whole = value == Math.rint(value) && Math.abs(value) < 1e15;
    if (whole) {
      return Long.toString((long) value);
    }
    return value == (float) value ? Float.toString((float) value) : Double.toString(value);
  }

  /** A whole log, column by column; NaN where there is no value. */
  public static SequencedMap<String, double[]> read(Path path) throws IOException {
    var lines = Files.readAllLines(path);
    if (lines.isEmpty()) {
      throw new IOException(path + " is empty");
    }
    var names = lines.getFirst().split(",", -1);
    var rows = new ArrayList<double[]>();
    for (int i = 1; i < lines.size(); i++) {
      var cells = lines.get(i).split(",", -1);
      if (cells.length != names.length) {
        throw new IOException(
            "%s, line %d: %d values under %d names"
                .formatted(path, i + 1, cells.length, names.length));
      }
      var row = new double[cells.length];
      for (int j = 0; j < row.length; j++) {
        row[j] = cells[j].isEmpty() ? Double.NaN : number(path, i + 1, cells[j]);
      }
      rows.add(row);
    }
    var columns = new LinkedHashMap<String, double[]>();
    for (int j = 0; j < names.length; j++) {
      int column = j;
      columns.put(names[j], rows.stream().mapToDouble(row -> row[column]).toArray());
    }
    return columns;
  }

  private static double number(Path path, int line, String cell) throws IOException {
    try {
      return Double.parseDouble(cell);
    } catch (NumberFormatException e) {
      throw new IOException(
          "%s, line %d: '%s' is not a number; move the file away to go on with a new one"
              .formatted(path, line, cell),
          e);
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
