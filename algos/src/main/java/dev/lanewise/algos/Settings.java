package dev.lanewise.algos;

import dev.lanewise.autograd.Schedule;
import dev.lanewise.engine.env.Nearest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SequencedMap;
import java.util.TreeSet;

/**
 * Hyperparameters as people write them, {@code name=value}, with the names of Stable-Baselines3.
 * Whoever needs one asks for it once with its default and its range; so the list of names, defaults
 * and ranges is where they are used, and {@link #used} is the exact configuration.
 *
 * <p>A value that is no number, out of range or misspelt is a {@link SettingException}.
 */
public final class Settings {
  private final Map<String, String> given;
  private final SequencedMap<String, String> used = new LinkedHashMap<>();
  private final Map<String, String> defaults = new LinkedHashMap<>();
  private final List<String> notices = new ArrayList<>();

  private Settings(Map<String, String> given) {
    this.given = new LinkedHashMap<>(given);
  }

  /** Every default. */
  public static Settings defaults() {
    return new Settings(Map.of());
  }

  public static Settings of(Map<String, String> given) {
    return new Settings(given);
  }

  /** A number from low to high, both allowed. */
  public float decimal(String name, float otherwise, double low, double high) {
    return decimal(name, text(name, Float.toString(otherwise)), "a number", low, high);
  }

  private float decimal(String name, String text, String what, double low, double high) {
    float value = number(name, text, text, what, low, high);
    used.put(name, Float.toString(value));
    return value;
  }

  /**
   * @param digits the part of the text that is the number
   * @param what the text should be
   */
  private static float number(
      String name, String text, String digits, String what, double low, double high) {
    try {
      float value = Float.parseFloat(digits);
      if (value >= low && value <= high) {
        return value;
      }
    } catch (NumberFormatException e) {
      throw wrong(name, text, what, low, high);
    }
    throw wrong(name, text, what, low, high);
  }

  /** A number as {@link #decimal}, or empty for "auto", which is the default. */
  public OptionalDouble decimalOrAuto(String name, double low, double high) {
    return decimalOr("auto", name, low, high);
  }

  /** A number as {@link #decimal}, or empty for "none", which is the default. */
  public OptionalDouble decimalOrNone(String name, double low, double high) {
    return decimalOr("none", name, low, high);
  }

  private OptionalDouble decimalOr(String word, String name, double low, double high) {
    var text = text(name, word);
    return text.equals(word)
        ? OptionalDouble.empty()
        : OptionalDouble.of(decimal(name, text, word + " or a number", low, high));
  }

  /**
   * A number as {@link #decimal}, or lin_NUMBER for one that falls with the run: the number times
   * the progress that remains once the samples that are learnt from have been collected.
   */
  public Schedule schedule(String name, float otherwise, double low, double high) {
    var text = text(name, Float.toString(otherwise));
    return schedule(name, text, "a number or lin_NUMBER,", low, high);
  }

  /** As {@link #schedule}, or empty for "auto", which is the default. */
  public Optional<Schedule> scheduleOrAuto(String name, double low, double high) {
    return scheduleOr("auto", name, low, high);
  }

  /** As {@link #schedule}, or empty for "none", which is the default. */
  public Optional<Schedule> scheduleOrNone(String name, double low, double high) {
    return scheduleOr("none", name, low, high);
  }

  private Optional<Schedule> scheduleOr(String word, String name, double low, double high) {
    var text = text(name, word);
    var what = word + ", a number or lin_NUMBER,";
    return text.equals(word)
        ? Optional.empty()
        : Optional.of(schedule(name, text, what, low, high));
  }

  private Schedule schedule(String name, String text, String what, double low, double high) {
    boolean linear = text.startsWith("lin_");
    var digits = linear ? text.substring(4) : text;
    float first = number(name, text, digits, what, low, high);
    used.put(name, (linear ? "lin_" : "") + first);
    return linear ? Schedule.linear(first, 0) : Schedule.constant(first);
  }

  /**
   * A number that is fixed, or where what is learned begins.
   *
   * @param value at first
   */
  public record Coefficient(float value, boolean learned) {}

  /**
   * A number from 0 to high, or auto_NUMBER for one that is learned from there on, which has to be
   * above 0; "auto", the default, is auto_1.
   */
  public Coefficient coefficient(String name, double high) {
    var text = text(name, "auto");
    var what = "auto, auto_NUMBER or a number";
    if (!text.equals("auto") && !text.startsWith("auto_")) {
      return new Coefficient(decimal(name, text, what, 0, high), false);
    }
    var digits = text.equals("auto") ? "1" : text.substring("auto_".length());
    float first = number(name, text, digits, what, 1e-6, high);
    used.put(name, first == 1 ? "auto" : "auto_" + first);
    return new Coefficient(first, true);
  }

  /** A whole number from low to high, both allowed; 1e6 is a whole number. */
  public long whole(String name, long otherwise, long low, long high) {
    var text = text(name, Long.toString(otherwise));
    try {
      var value = new java.math.BigDecimal(text.replace("_", "")).toBigIntegerExact();
      if (value.bitLength() < 64 && value.longValue() >= low && value.longValue() <= high) {
        used.put(name, value.toString());
        return value.longValue();
      }
    } catch (ArithmeticException | NumberFormatException e) {
      throw wrong(name, text, "a whole number", low, high);
    }
    throw wrong(name, text, "a whole number", low, high);
  }

  public int integer(String name, int otherwise, int low, int high) {
    return (int) whole(name, otherwise, low, high);
  }

  /** true or false. */
  public boolean flag(String name, boolean otherwise) {
    boolean value =
        switch (text(name, Boolean.toString(otherwise))) {
          case "true", "True" -> true;
          case "false", "False" -> false;
          case String text ->
              throw new SettingException("%s=%s is neither true nor false".formatted(name, text));
        };
    used.put(name, Boolean.toString(value));
    return value;
  }

  /** One of some words. */
  public String oneOf(String name, String otherwise, String... words) {
    var text = text(name, otherwise);
    if (!List.of(words).contains(text)) {
      throw new SettingException(
          "%s=%s is none of %s".formatted(name, text, String.join(", ", words)));
    }
    return text;
  }

  /** Whole numbers separated by commas, each from 1 to 65536. */
  public List<Integer> sizes(String name, Integer... otherwise) {
    var text = text(name, String.join(",", Arrays.stream(otherwise).map(String::valueOf).toList()));
    try {
      var sizes =
          Arrays.stream(text.split(",")).map(part -> Integer.valueOf(part.strip())).toList();
      if (sizes.stream().allMatch(size -> size >= 1 && size <= 65536)) {
        used.put(name, String.join(",", sizes.stream().map(String::valueOf).toList()));
        return sizes;
      }
    } catch (NumberFormatException e) {
      throw wrong(name, text, "a list of sizes such as 256,256", 1, 65536);
    }
    throw wrong(name, text, "a list of sizes such as 256,256", 1, 65536);
  }

  /** Any text, checked by whoever asks. */
  public String text(String name, String otherwise) {
    var value = given.getOrDefault(name, otherwise);
    used.put(name, value);
    defaults.putIfAbsent(name, otherwise);
    return value;
  }

  /**
   * Tells that what others say leaves some settings without effect: whoever gave one of them is to
   * know.
   *
   * @param because the others, as name=value
   * @param names of settings that were asked for
   */
  public void idle(String because, String... names) {
    for (var name : names) {
      var value = used.get(name);
      if (!value.equals(defaults.get(name))) {
        notices.add("%s=%s has no effect with %s".formatted(name, value, because));
      }
    }
  }

  /** Whoever gave the settings is to know that. */
  void note(String sentence) {
    notices.add(sentence);
  }

  /** What whoever gave the settings is to know, such as which of them have no effect. */
  public List<String> notices() {
    return Collections.unmodifiableList(notices);
  }

  /**
   * All that was asked for, with the values in force, in the order of asking. Each value has one
   * form, however it was given: 1e-3 is 0.001, True is true.
   */
  public SequencedMap<String, String> used() {
    return Collections.unmodifiableSequencedMap(used);
  }

  /** To be called when everybody has asked: a name that nobody asked for is a mistake. */
  public void finish() {
    for (var name : new TreeSet<>(given.keySet())) {
      if (!used.containsKey(name)) {
        throw new SettingException(Nearest.unknown("hyperparameter", name, used.keySet()));
      }
    }
  }

  private static SettingException wrong(
      String name, String text, String what, double low, double high) {
    return new SettingException(
        "%s=%s is not %s from %s to %s".formatted(name, text, what, number(low), number(high)));
  }

  private static String number(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? Long.toString((long) value)
        : Double.toString(value);
  }
}
