package dev.lanewise.kernels.cpu;

import static dev.lanewise.kernels.cpu.Lanes.bytes;

import dev.lanewise.kernels.Call;

/**
 * Long elementwise work as several short loops over a block of lanes whose rows stay in L1. Loops
 * are called through an array so that each is compiled by itself: all in one are more than C2
 * inlines.
 */
final class Passes {
  private static final int BLOCK = 1024;

  /** A part of the work for n lanes, {@code to} bytes behind the first. */
  interface Pass {
    void run(long to, int n);
  }

  private Passes() {}

  static Call call(int lanes, Pass... passes) {
    return () -> {
      for (int i = 0; i < lanes; i += BLOCK) {
        for (var pass : passes) {
          pass.run(bytes(i), Math.min(BLOCK, lanes - i));
        }
      }
    };
  }
}
