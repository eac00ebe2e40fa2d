package dev.lanewise.engine.env;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A table of numbers that a peer computed, by column name; empty cells are NaN. */
public record GoldenTable(Map<String, double[]> columns, int rows) {

  public static GoldenTable of(String name) {
    return of("gymnasium", name);
  }

  public static GoldenTable of(String peer, String name) {
    var lines = lines("/golden/" + peer + "/" + name + ".csv");
    var names = lines.getFirst().split(",");
    var columns = new LinkedHashMap<String, double[]>();
    for (var column : names) {
      columns.put(column, new double[lines.size() - 1]);
    }
    for (int r = 1; r < lines.size(); r++) {
      var cells = lines.get(r).split(",", -1);
      for (int c = 0; c < names.length; c++) {
        columns.get(names[c])[r - 1] =
            cells[c].isEmpty() ? Double.NaN : Double.parseDouble(cells[c]);
      }
    }
    return new GoldenTable(columns, lines.size() - 1);
  }

  public double at(String column, int row) {
    return columns.get(column)[row];
  }

  private static List<String> lines(String resource) {
    try (InputStream in = GoldenTable.class.getResourceAsStream(resource)) {
      return new ArrayList<>(
          new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
