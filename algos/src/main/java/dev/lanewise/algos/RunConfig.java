package dev.lanewise.algos;

import dev.lanewise.autograd.Json;
import dev.lanewise.engine.Device;
import dev.lanewise.engine.env.Nearest;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

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

  private static final List<String> FIELDS = List.of("algo", "env", "seed", "settings", "origin");

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

  /**
   * Reads what {@link #toJson} wrote; the origin may be missing.
   *
   * @throws IllegalArgumentException if the file holds anything else
   */
  public static RunConfig read(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new IllegalArgumentException(
          Files.exists(file)
              ? "%s is a folder; name the config.json of a run".formatted(file)
              : "there is no file %s; name the config.json of a run".formatted(file));
    }
    try {
      return parse(Files.readString(file));
    } catch (IllegalArgumentException | MalformedInputException e) {
      throw new IllegalArgumentException(
          "%s is not the configuration of a run: %s".formatted(file, e.getMessage()), e);
    }
  }

  private static RunConfig parse(String json) {
    if (!(Json.parse(json) instanceof Json.Members(var fields))) {
      throw new IllegalArgumentException("it is not an object");
    }
    for (var name : fields.keySet()) {
      if (!FIELDS.contains(name)) {
        throw new IllegalArgumentException(Nearest.unknown("field", name, FIELDS));
      }
    }
    var missing = new ArrayList<>(FIELDS);
    missing.remove("origin");
    missing.removeAll(fields.keySet());
    if (!missing.isEmpty()) {
      throw new IllegalArgumentException("it lacks " + String.join(", ", missing));
    }
    if (!(fields.get("seed") instanceof Json.Whole(var seed))) {
      throw new IllegalArgumentException("its seed is not a whole number");
    }
    return new RunConfig(
        text("algo", fields.get("algo")),
        text("env", fields.get("env")),
        seed,
        texts("settings", fields),
        fields.containsKey("origin") ? texts("origin", fields) : new LinkedHashMap<>());
  }

  private static SequencedMap<String, String> texts(String name, Map<String, Json> fields) {
    if (!(fields.get(name) instanceof Json.Members(var members))) {
      throw new IllegalArgumentException("its %s are not an object".formatted(name));
    }
    var texts = new LinkedHashMap<String, String>();
    members.forEach((key, value) -> texts.put(key, text(key, value)));
    return texts;
  }

  private static String text(String name, Json value) {
    return switch (value) {
      case Json.Text(var text) -> text;
      case Json.Whole(var number) -> Long.toString(number);
      case Json.Decimal(var number) -> number;
      default ->
          throw new IllegalArgumentException("its %s is neither text nor number".formatted(name));
    };
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
        .append(Json.isNumber(value) ? value : quoted(value));
  }

  /** A text as JSON. */
  static String quoted(String text) {
    return new Json.Text(text).text();
  }
}
