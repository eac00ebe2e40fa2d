package dev.lanewise.algos.cli;

import dev.lanewise.algos.Algorithms;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.stream.Collectors;
import picocli.CommandLine.ParseResult;

/** The hyperparameters in a command: {@code --preset}, {@code --set} and {@code --steps}. */
final class SettingOptions {
  static final String PRESET = "--preset";
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

  /**
   * What a run is to have.
   *
   * @param settings all that are not to have their defaults
   * @param preset those of them that come from a preset
   */
  record Chosen(SequencedMap<String, String> settings, SequencedMap<String, String> preset) {}

  /** A preset, and what is given instead of it and besides. */
  static Chosen chosen(ParseResult parsed, String algorithm, String env) {
    var preset = preset(parsed, algorithm, env);
    var given = given(parsed);
    var settings = new LinkedHashMap<>(preset);
    settings.putAll(given);
    preset.keySet().removeAll(given.keySet());
    return new Chosen(settings, preset);
  }

  /** What the command names, otherwise what is known to work for the two. */
  private static SequencedMap<String, String> preset(
      ParseResult parsed, String algorithm, String env) {
    return parsed.hasMatchedOption(PRESET)
        ? Algorithms.namedPreset(algorithm, parsed.matchedOptionValue(PRESET, ""))
        : Algorithms.preset(algorithm, env);
  }

  /** How another command says the same. */
  static List<String> repeated(ParseResult parsed) {
    var options = new ArrayList<String>();
    if (parsed.hasMatchedOption(PRESET)) {
      options.addAll(List.of(PRESET, parsed.matchedOptionValue(PRESET, "")));
    }
    given(parsed).forEach((name, value) -> options.addAll(List.of("--set", name + "=" + value)));
    return options;
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
