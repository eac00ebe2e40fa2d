package dev.lanewise.algos.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lanewise.algos.Evaluation;
import dev.lanewise.algos.RunConfig;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ResultsTableTest {

  private static RunResult result(long seed, double score, double seconds, double updates) {
    var none = new LinkedHashMap<String, String>();
    var config = new RunConfig("sac", "Pendulum-v1", seed, none, none);
    return new RunResult(
        BenchmarkRun.in(Path.of("results"), config),
        new Evaluation(5, score, 0.5, score - 1, score + 1, 200),
        1000,
        seconds,
        updates);
  }

  private static ResultsTable.Row row(double... scores) {
    var results =
        IntStream.range(0, scores.length)
            .mapToObj(i -> result(i + 1, scores[i], 50 * (i + 1), 600))
            .toList();
    return new ResultsTable.Row("sac", "Pendulum-v1", results);
  }

  private static List<String> cells(String table, int line) {
    return List.of(table.lines().toList().get(line).split(" *\\| *", -1)).subList(1, 14);
  }

  /** 1000 steps and 600 updates in 50, 100, 150 and 200 seconds. */
  @Test
  void fourSeeds() {
    assertThat(cells(ResultsTable.markdown(List.of(row(-1000, 3, 7, 1000))), 2))
        .containsExactly(
            "Pendulum-v1",
            "sac",
            "5.00",
            "-1000.00 to 1000.00",
            "2.50 ± 816.50",
            "5.00",
            "-1000.00",
            "1000.00",
            "4",
            "1000",
            "2:05 min",
            "8",
            "5");
  }

  @Test
  void oneSeedHasNoSpread() {
    assertThat(cells(ResultsTable.markdown(List.of(row(3))), 2))
        .startsWith("Pendulum-v1", "sac", "3.00", "–", "3.00 ± –", "3.00");
  }

  @Test
  void noSeedIsSaidToBeNone() {
    assertThat(cells(ResultsTable.markdown(List.of(row())), 2))
        .startsWith("Pendulum-v1", "sac", "–")
        .contains("0");
  }

  @Test
  void updatesThatAreNotCountedAreNotGiven() {
    var row = new ResultsTable.Row("sac", "Pendulum-v1", List.of(result(1, 3, 50, Double.NaN)));
    assertThat(cells(ResultsTable.markdown(List.of(row)), 2).getLast()).isEqualTo("–");
    assertThat(ResultsTable.csv(List.of(row))).endsWith(",20.0,,,sac-Pendulum-v1-1\n");
  }

  @Test
  void columnsAreOfEvenWidth() {
    var table = ResultsTable.markdown(List.of(row(1, 2, 3), row(-1e6, 5)));
    assertThat(table.lines().map(String::length).distinct()).hasSize(1);
    assertThat(cells(table, 1).getFirst()).matches("-+");
    assertThat(cells(table, 1).getLast()).matches("-+:");
  }

  @Test
  void theFileHasALineASeed() {
    var lines = ResultsTable.csv(List.of(row(1.25, 2))).lines().toList();
    assertThat(lines).hasSize(3);
    assertThat(lines.get(1))
        .isEqualTo(
            "sac,Pendulum-v1,1,1.25,0.5,0.25,2.25,200.0,5,1000,50.0,20.0,600,12.0,"
                + "sac-Pendulum-v1-1");
    assertThat(lines.getFirst().split(",")).hasSize(lines.get(1).split(",").length);
  }
}
