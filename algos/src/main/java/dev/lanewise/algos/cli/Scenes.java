package dev.lanewise.algos.cli;

import dev.lanewise.engine.env.Scene;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

/**
 * What was seen of an environment and not drawn yet. An action may be several of its steps; where
 * one of them ended the episode, the scene behind it is where the next one begins.
 */
final class Scenes implements Consumer<Scene> {
  private final Deque<Scene> seen = new ArrayDeque<>();

  @Override
  public void accept(Scene scene) {
    seen.add(scene);
  }

  /**
   * Where the episode is after an action, or where it begins before the first.
   *
   * @param ended whether it is over; then the next one's beginning is kept
   */
  Scene last(boolean ended) {
    while (seen.size() > (ended ? 2 : 1)) {
      seen.remove();
    }
    return seen.remove();
  }
}
