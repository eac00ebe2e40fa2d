package dev.lanewise.algos.cli;

import java.awt.Graphics2D;

/** How an environment is drawn, from what it observes. */
interface Picture {

  /** Pixels. */
  int width();

  /** Pixels. */
  int height();

  /** Steps a second: those of the environment's own time where it has seconds. */
  double stepsPerSecond();

  /**
   * Draws onto paper, in {@link Inks}.
   *
   * @param observation what the step led to
   * @param action of that step, or empty at an episode's beginning
   */
  void draw(Graphics2D g, float[] observation, float[] action);
}
