package dev.lanewise.algos.cli;

import dev.lanewise.engine.Device;
import picocli.CommandLine.ParseResult;

/** The device that the options ask for. */
final class Devices {
  private Devices() {}

  static Device asked(ParseResult parsed) {
    long cores = Runtime.getRuntime().availableProcessors();
    long workers = parsed.matchedOptionValue("--workers", cores);
    var name = parsed.matchedOptionValue("--device", "cpu");
    return Device.named(name, Math.clamp(workers, 0, 1 << 20));
  }
}
