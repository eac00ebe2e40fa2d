package dev.lanewise.algos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricsFileTest {
  private static final String STEP = "time/total_timesteps";
  private static final String REWARD = "eval/mean_reward";
  private static final List<String> COLUMNS = List.of(STEP, REWARD);

  @TempDir private Path folder;
  private Path file;

  @BeforeEach
  void threeRows() throws IOException {
    file = folder.resolve("metrics.csv");
    try (var metrics = MetricsFile.create(file, COLUMNS)) {
      metrics.append(Map.of(STEP, 100.0, REWARD, -1.5));
      metrics.append(Map.of(STEP, 200.0));
      metrics.append(Map.of(STEP, 300.0, REWARD, (double) 1e-3f));
    }
  }

  @Test
  void aRowIsALineAndWhatHasNoValueIsEmpty() throws IOException {
    assertThat(file)
        .hasContent(
            """
            time/total_timesteps,eval/mean_reward
            100,-1.5
            200,
            300,0.001
            """);
  }

  @Test
  void aRowCanBeReadAsSoonAsItIsAdded() throws IOException {
    var live = folder.resolve("live.csv");
    try (var metrics = MetricsFile.create(live, COLUMNS)) {
      metrics.append(Map.of(STEP, 1.0));
      assertThat(live).hasContent("time/total_timesteps,eval/mean_reward\n1,\n");
    }
  }

  @Test
  void readsBackColumnByColumn() throws IOException {
    var columns = MetricsFile.read(file);
    assertThat(columns.keySet()).containsExactlyElementsOf(COLUMNS);
    assertThat(columns.get(STEP)).containsExactly(100, 200, 300);
    assertThat(columns.get(REWARD)).containsExactly(-1.5, Double.NaN, 0.001);
  }

  @Test
  void reopeningDropsWhatCameLaterAndWhatWasCutOff() throws IOException {
    Files.writeString(file, "40", StandardOpenOption.APPEND);
    try (var metrics = MetricsFile.reopen(file, COLUMNS, 200)) {
      metrics.append(Map.of(STEP, 300.0, REWARD, 7.25));
    }
    assertThat(file)
        .hasContent(
            """
            time/total_timesteps,eval/mean_reward
            100,-1.5
            200,
            300,7.25
            """);
  }

  @Test
  void aLogWithOtherColumnsIsLeftAlone() throws IOException {
    var before = Files.readString(file);
    assertThatThrownBy(() -> MetricsFile.reopen(file, List.of(STEP, "train/loss"), 200))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining("move it away");
    assertThat(file).hasContent(before);
  }

  @Test
  void anEmptyLogIsLeftAlone() throws IOException {
    Files.writeString(file, "");
    assertThatThrownBy(() -> MetricsFile.reopen(file, COLUMNS, 200))
        .hasMessageContaining("does not have the columns");
    assertThatThrownBy(() -> MetricsFile.read(file)).hasMessageContaining("is empty");
  }

  @Test
  void whatIsNoNumberIsNamedWithItsLine() throws IOException {
    Files.writeString(file, "abc,1\n", StandardOpenOption.APPEND);
    assertThatThrownBy(() -> MetricsFile.reopen(file, COLUMNS, 200))
        .hasMessageContaining("line 5")
        .hasMessageContaining("'abc'");
  }

  @Test
  void aKeyWithoutAColumnIsRefused() throws IOException {
    try (var metrics = MetricsFile.reopen(file, COLUMNS, 300)) {
      assertThatThrownBy(() -> metrics.append(Map.of("train/new", 1.0)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("train/new");
    }
  }
}
