package dev.lanewise.engine.env.mujoco;

import org.junit.jupiter.api.Assumptions;

/** Tests that need MuJoCo are left out where it is missing, and say so. */
final class Installed {
  private Installed() {}

  static void assume(Class<?> test) {
    MujocoLibrary.missing()
        .ifPresent(
            why -> {
              System.out.println(test.getSimpleName() + " is left out: " + why);
              Assumptions.abort(why);
            });
  }
}
