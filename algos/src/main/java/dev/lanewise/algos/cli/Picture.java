package dev.lanewise.algos.cli;

import java.awt.Graphics2D;

/** How an environment is drawn, from what it observes or tells to be seen. */
interface Picture {

  /** Pixels. */
  default int width() {
    return 600;
  }

  /** Pixels. */
  default int height() {
    return 400;
  }

  /**
   * Steps a second: those of the environment's own time where it has seconds. A GIF shows 50 at
   * most, and more of them slower.
   */
  double stepsPerSecond();

  /** Draws onto paper, in {@link Inks}. */
  void draw(Graphics2D g, Moment now);
}
