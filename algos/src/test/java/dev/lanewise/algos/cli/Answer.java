package dev.lanewise.algos.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** What the command line answered. */
record Answer(int code, String out, String err) {

  static Answer to(String... args) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    int code =
        Main.run(
            List.of(args),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8));
    return new Answer(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  void assertOneSentence(int expectedCode, String... parts) {
    assertThat(err).contains(parts);
    assertThat(err.lines()).hasSize(1).allMatch(line -> line.startsWith("lanewise: "));
    assertThat(code).isEqualTo(expectedCode);
  }

  Answer assertDone() {
    assertThat(err).isEmpty();
    assertThat(code).isZero();
    return this;
  }
}
