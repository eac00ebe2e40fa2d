package dev.lanewise.algos.cli;

import dev.lanewise.engine.env.Scene;

/**
 * What a frame shows of an episode.
 *
 * @param observation what the step led to
 * @param action of that step, or empty at an episode's beginning
 * @param scene what there is to see, if the environment tells more than it observes
 */
record Moment(float[] observation, float[] action, Scene scene) {}
