package dev.lanewise.engine.env;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.lanewise.engine.Device;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConformanceTest {

  /** at ← at + action; the reward is where it was; terminated at 10 or above. */
  private static final class Adding implements Env {
    private double at;
    private double steps;

    @Override
    public EnvSpec spec() {
      return EnvSpec.of("Adding-v0", Space.Box.of(1), new Space.Discrete(3), 4);
    }

    @Override
    public float[] reset(long seed) {
      at = 0;
      steps = 0;
      return new float[] {0};
    }

    @Override
    public Outcome step(float[] action) {
      double reward = at;
      at += action[0];
      steps++;
      return new Outcome(new float[] {(float) at}, reward, at >= 10, false);
    }

    @Override
    public Optional<double[]> state() {
      return Optional.of(new double[] {at, steps});
    }

    @Override
    public void restore(double[] state) {
      at = state[0];
      steps = state[1];
    }
  }

  private static Conformance.Report replayed(String... lines) {
    try (var device = Device.cpu(1)) {
      return Conformance.replay(
          Recording.of("file.csv", List.of(lines)),
          (where, n) -> BatchedEnv.of(Adding::new, n, where),
          device);
    }
  }

  private static final String TRANSITIONS =
      "state0,state1,action0,next_state0,next_state1,obs0,reward,terminated";

  @Test
  void aPerfectRecordingHasNoDeviation() {
    var report =
        replayed(TRANSITIONS, "3,7,2,5,8,5,3,0", "9.5,1,1,10.5,2,10.5,9.5,1", "0,0,0,0,1,0,0,0");
    assertThat(report.rows()).isEqualTo(3);
    assertThat(report.within(0)).isTrue();
    assertThat(report.deviations())
        .extracting(Conformance.Deviation::column)
        .containsExactly("next_state0", "next_state1", "obs0", "reward");
    assertThat(report.deviations().getFirst().compared()).as("rows that went on").isEqualTo(2);
    assertThat(report.deviations().getLast().compared()).isEqualTo(3);
  }

  @Test
  void theLargestDeviationIsNamedWithItsLine() {
    var report =
        replayed(TRANSITIONS, "3,7,2,5.25,8,5,3,0", "9.5,1,1,10.5,2,8,9.5,0", "0,0,0,0,1,0.5,0,0");
    assertThat(report.largest("next_state0")).isEqualTo(0.25 / 5.25, within(1e-12));
    var observation = report.deviations().get(2);
    assertThat(observation).isEqualTo(new Conformance.Deviation("obs0", 0.5, 4, 0.5, 0, 3));
    assertThat(report.mismatches())
        .containsExactly(new Conformance.Mismatch("terminated", List.of(3)));
    assertThat(report.within(1)).as("a wrong flag is never within").isFalse();
  }

  @Test
  void moreRowsThanFitAtOnceAreAllReplayed() {
    var lines = new String[701];
    lines[0] = TRANSITIONS;
    for (int k = 1; k < lines.length; k++) {
      int at = k % 8;
      lines[k] = "%d,0,1,%d,1,%d,%d,0".formatted(at, at + 1, at + 1, k == 700 ? at + 1 : at);
    }
    var report = replayed(lines);
    assertThat(report.deviations().getLast().compared()).isEqualTo(700);
    assertThat(report.deviations().getLast().line()).isEqualTo(701);
    assertThat(report.within(0)).isFalse();
  }

  @Test
  void aTransitionMayBeTruncated() {
    var names = TRANSITIONS + ",truncated";
    assertThat(replayed(names, "3,7,2,5,8,5,3,0,0").mismatches())
        .containsExactly(
            new Conformance.Mismatch("terminated", List.of()),
            new Conformance.Mismatch("truncated", List.of()));
    assertThat(replayed(names, "3,7,2,5,8,5,3,0,1").mismatches().getLast().lines())
        .containsExactly(2);
  }

  @Test
  void asOtherProgramsWriteThem() {
    var names = "\ufeff" + TRANSITIONS.replace(",", " , ");
    assertThat(replayed(names, " 3, 7,2,5,8,5,3,False", "9.5,1,1,10.5,2,10.5,9.5,True", "", " "))
        .satisfies(report -> assertThat(report.rows()).isEqualTo(2))
        .satisfies(report -> assertThat(report.within(0)).isTrue());
  }

  @Test
  void episodesOfDifferentLengths() {
    var names = "episode,t,start0,start1,action0,obs0,reward,terminated,truncated";
    var good =
        new String[] {
          names,
          "0,1,1,0,2,3,1,0,0",
          "0,2,,,2,5,3,0,0",
          "0,3,,,0,5,5,0,0",
          "0,4,,,1,6,5,0,1",
          "1,1,8.5,0,1,9.5,8.5,0,0",
          "1,2,,,1,10.5,9.5,1,0"
        };
    assertThat(replayed(good).within(0)).isTrue();
    good[4] = "0,4,,,1,6,5,0,0";
    assertThat(replayed(good).mismatches().get(1).lines()).containsExactly(5);
    good[5] = "1,1,8.5,,1,9.5,8.5,0,0";
    assertThatThrownBy(() -> replayed(good))
        .hasMessage("file.csv, line 6, column 'start1': it is empty, but an episode begins here");
    good[2] = "0,3,,,2,5,3,0,0";
    assertThatThrownBy(() -> replayed(good))
        .hasMessage("file.csv, line 3, column 't': it is 3.0, but step 2 is next");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | file.csv, line 1: it has no column names, such as state0,action0,next_state0,reward",
        "state0 | file.csv, line 2: there is nothing below the names",
        "state0,state0;1,2 | file.csv, line 1: the column 'state0' is there twice",
        "state0,;1,2 | file.csv, line 1: the column '' has no name",
        "a,b,c;1,2 | file.csv, line 2: it has 2 cells, but there are 3 column names; the first that"
            + " is missing is 'c'",
        "a,b;1,2;1,2,9 | file.csv, line 3: it has 3 cells, but there are 2 column names; the first"
            + " that is too many is '9'",
        "a,b;1,2;1,x | file.csv, line 3, column 'b': 'x' is not a finite number",
        "a,b;1,2;NaN,1 | file.csv, line 3, column 'a': 'NaN' is not a finite number",
        "a,b;1,2;,1 | file.csv, line 3, column 'a': '' is not a finite number",
        "state0,state1,action0,next_stat0,obs0,reward,terminated;1,1,1,1,1,1,1 | file.csv, line 1:"
            + " Adding-v0 has nothing that the column 'next_stat0' could be compared with; did you"
            + " mean next_state0?",
        "state0,state1,state2,action0,obs0,reward,terminated;1,1,1,1,1,1,1 | file.csv, line 1:"
            + " Adding-v0 has nothing that the column 'state2' could be compared with; did you mean"
            + " state0?",
        "state0,action0,obs0,reward,terminated;1,1,1,1,1 | file.csv, line 1: there is no column"
            + " 'state1', which a recording of Adding-v0 has",
        "state0,state1,action0,obs0,reward,terminated;1,1,5,1,1,0 | file.csv, line 2, column"
            + " 'action0': [5.0] is not in Discrete(3)",
        "state0,state1,action0,obs0,reward,terminated;1,1,1,2,1,0.5 | file.csv, line 2, column"
            + " 'terminated': 0.5 is not 0 or 1",
      })
  void aBadFileIsOneSentence(String text, String sentence) {
    assertThatThrownBy(() -> replayed(text.split(";", -1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(sentence);
  }

  @Test
  void filesAreRead(@TempDir Path folder) throws IOException {
    var file = Files.writeString(folder.resolve("a.csv"), "state0,reward\n1,2\n3,4\n");
    assertThat(Recording.read(file).at("reward", 1)).isEqualTo(4);
    assertThatThrownBy(() -> Recording.read(folder.resolve("b.csv")))
        .isInstanceOf(IOException.class)
        .hasMessage("there is no file " + folder.resolve("b.csv"));
    assertThatThrownBy(() -> Recording.read(folder))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(folder + " is a folder; name a file of recorded transitions");
    Files.write(file, new byte[] {(byte) 0xff, (byte) 0xfe, 0});
    assertThatThrownBy(() -> Recording.read(file)).hasMessageContaining("is not a text file");
  }
}
