package dev.lanewise.algos.cli;

import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.stream.Collectors;
import picocli.CommandLine.ParseResult;

/** The hyperparameters in a command: {@code --set} and {@code --steps}. */
final class SettingOptions {
  private static final String TOTAL_TIMESTEPS = "total_timesteps";

  private SettingOptions() {}

  /**
   * @throws IllegalArgumentException if one is no pair of name and value, or is given twice
   */
  static SequencedMap<String, String> given(ParseResult parsed) {
    var given = new LinkedHashMap<String, String>();
    for (var pair : parsed.matchedOptionValue("--set", List.<String>of())) {
      int equals = pair.indexOf('=');
      if (equals < 1) {
        throw new IllegalArgumentException(
            "--set %s has no name and value; write it like --set learning_rate=1e-3"
                .formatted(pair));
      }
      put(given, pair.substring(0, equals).strip(), pair.substring(equals + 1).strip());
    }
    if (parsed.hasMatchedOption("--steps")) {
      put(given, TOTAL_TIMESTEPS, Long.toString(steps(parsed)));
    }
    return given;
  }

  private static void put(SequencedMap<String, String> given, String name, String value) {
    var before = given.put(name, value);
    if (before != null) {
      throw new IllegalArgumentException(
          "%s is set twice, to %s and to %s".formatted(name, before, value));
    }
  }

  static long steps(ParseResult parsed) {
    var text = parsed.matchedOptionValue("--steps", "");
    try {
      long steps = new BigDecimal(text.replace("_", "")).longValueExact();
      if (steps >= 1) {
        return steps;
      }
    } catch (ArithmeticException | NumberFormatException e) {
      throw notSteps(text);
    }
    throw notSteps(text);
  }

  private static IllegalArgumentException notSteps(String text) {
    return new IllegalArgumentException(
        "--steps %s is not a whole number of steps, at least 1".formatted(text));
  }

  /** "gamma=0.98 n_envs=4" */
  static String joined(SequencedMap<String, String> settings) {
    return settings.entrySet().stream()
        .map(setting -> setting.getKey() + "=" + setting.getValue())
        .collect(Collectors.joining(" "));
  }
}
