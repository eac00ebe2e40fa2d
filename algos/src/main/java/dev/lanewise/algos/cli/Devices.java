package dev.lanewise.algos.cli;

import dev.lanewise.engine.Device;
import picocli.CommandLine.ParseResult;

/** The device that the options ask for. */
final class Devices {
  private Devices() {}

  static Device cpu(ParseResult parsed) {
    if (!parsed.hasMatchedOption("--workers")) {
      return Device.cpu();
    }
    long workers = parsed.matchedOptionValue("--workers", 1L);
    return Device.cpu(Math.clamp(workers, 0, 1 << 20));
  }
}
