package dev.lanewise.algos.cli;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** How many characters fit into a line of the terminal. */
final class TerminalWidth {
  private static final int USUAL = 80;
  private static final Pattern ROWS_AND_COLUMNS = Pattern.compile("\\d+ (\\d{2,4})");

  private TerminalWidth() {}

  /** As stty knows it, or 80. */
  static int columns() {
    try {
      var stty =
          new ProcessBuilder("stty", "size")
              .redirectInput(new File("/dev/tty"))
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      var size = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      var match = ROWS_AND_COLUMNS.matcher(size.strip());
      return match.matches() ? Integer.parseInt(match.group(1)) : USUAL;
    } catch (IOException e) {
      return USUAL; // No stty, no terminal of our own: 80 is what such terminals have.
    }
  }
}
