package dev.lanewise.algos;

import dev.lanewise.engine.Device;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.regex.Pattern;

/**
 * The exact configuration of a run: enough to repeat it.
 *
 * @param settings every hyperparameter in force, defaults included, as text
 * @param origin what began it: version, Java, device, workers, command, a class of a user's own
 */
public record RunConfig(
    String algorithm,
    String env,
    long seed,
    SequencedMap<String, String> settings,
    SequencedMap<String, String> origin) {

  /** RFC 8259, section 6. */
  private static final Pattern NUMBER =
      Pattern.compile("-?(0|[1-9]\\d*)(\\.\\d+)?([eE][+-]?\\d+)?");

  public RunConfig {
    settings = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(settings));
    origin = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(origin));
  }

  static RunConfig of(RunRequest request, Settings settings, Device device) {
    var origin = new LinkedHashMap<String, String>();
    origin.put("lanewise", version());
    origin.put("java", Runtime.version().toString());
    origin.put("device", device.backend().description());
    origin.put("workers", Integer.toString(device.workers()));
    origin.putAll(request.origin());
    return new RunConfig(
        request.algorithm(), request.env(), request.seed(), settings.used(), origin);
  }

  /** Environment steps to its end. */
  public long totalTimesteps() {
    return RunSettings.totalTimesteps(Settings.of(settings));
  }

  /** This one, to be ended at another step. */
  RunConfig withTotalTimesteps(long total) {
    var changed = new LinkedHashMap<>(settings);
    changed.put(RunSettings.TOTAL_TIMESTEPS, Long.toString(total));
    return new RunConfig(algorithm, env, seed, changed, origin);
  }

  /** This one, with another seed. */
  public RunConfig withSeed(long other) {
    return new RunConfig(algorithm, env, other, settings, origin);
  }

  /** Of this build of Lanewise. */
  public static String version() {
    var version = RunConfig.class.getPackage().getImplementationVersion();
    return version == null ? "unpackaged" : version;
  }

  /** For people and scripts, a setting a line. */
  public String toJson() {
    var json = new StringBuilder("{\n");
    line(json, "  ", "algo", algorithm).append(",\n");
    line(json, "  ", "env", env).append(",\n");
    line(json, "  ", "seed", Long.toString(seed)).append(",\n  \"settings\": {");
    lines(json, settings);
    json.append("\n  },\n  \"origin\": {");
    lines(json, origin);
    return json.append("\n  }\n}\n").toString();
  }

  private static void lines(StringBuilder json, SequencedMap<String, String> members) {
    var separator = "\n";
    for (var member : members.entrySet()) {
      json.append(separator);
      line(json, "    ", member.getKey(), member.getValue());
      separator = ",\n";
    }
  }

  private static StringBuilder line(StringBuilder json, String indent, String name, String value) {
    return json.append(indent)
        .append(quoted(name))
        .append(": ")
        .append(NUMBER.matcher(value).matches() ? value : quoted(value));
  }

  /** A text as JSON. */
  static String quoted(String text) {
    var json = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        json.append('\\').append(c);
      } else if (c < ' ') {
        json.append("\\u%04x".formatted((int) c));
      } else {
        json.append(c);
      }
    }
    return json.append('"').toString();
  }
}
