package dev.lanewise.algos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lanewise.engine.Device;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What docs/hyperparameters.md says about defaults and presets is so. */
class HyperparametersPageTest {
  private static final Path PAGE = Path.of("docs", "hyperparameters.md");

  static Stream<String> algorithms() {
    return Algorithms.names().stream();
  }

  /** The cells of each row of the table with this first column. */
  private static List<List<String>> table(String firstColumn) throws IOException {
    return Files.readAllLines(PAGE).stream()
        .dropWhile(line -> !line.startsWith("| " + firstColumn + " |"))
        .takeWhile(line -> line.startsWith("|"))
        .map(line -> Stream.of(line.split("\\|")).map(String::strip).skip(1).toList())
        .toList();
  }

  @ParameterizedTest
  @MethodSource("algorithms")
  void defaults(String algorithm) throws IOException {
    var rows = table("name");
    int column = rows.getFirst().indexOf(algorithm);
    var said = new LinkedHashMap<String, String>();
    for (var row : rows.subList(2, rows.size())) {
      if (!row.get(column).equals("–")) {
        said.put(row.getFirst(), row.get(column));
      }
      assertThat(row.get(5)).as(row.getFirst()).isNotEmpty();
    }
    var request = new RunRequest(algorithm, "Pendulum-v1", 1, Map.of());
    try (var device = Device.cpu(1)) {
      var config = Runner.config(request, device, notice -> {});
      assertThat(said).containsExactlyInAnyOrderEntriesOf(config.settings());
    }
  }

  @ParameterizedTest
  @MethodSource("algorithms")
  void presets(String algorithm) throws IOException {
    var said = new HashSet<String>();
    for (var row : table("preset")) {
      if (List.of(row.get(1).split(", ")).contains(algorithm) || row.get(1).equals("all")) {
        said.add(row.getFirst());
      }
    }
    assertThat(said).containsExactlyInAnyOrderElementsOf(Algorithms.presets(algorithm));
  }
}
