/**
 * Gymnasium's MuJoCo environments, version 5, through MuJoCo's C interface.
 *
 * <p>A {@link dev.lanewise.engine.env.mujoco.Task} says what is seen and rewarded, its file beside
 * the classes what moves: our own text, from the numbers that Gymnasium publishes. A batch has one
 * model and a {@link dev.lanewise.engine.env.mujoco.Simulation} for each environment; as many
 * threads as the device has workers step them and write what is seen into the batch's columns.
 *
 * <p>MuJoCo itself is the user's to install (see {@link
 * dev.lanewise.engine.env.mujoco.MujocoLibrary}); without it the environments are listed, and
 * making one says how. Releases 2.2.2 and 3.5.0 are tested (Debian's stable and experimental),
 * 2.3.6 and all later ones are meant to work: what changes between them {@link
 * dev.lanewise.engine.env.mujoco.Release} finds out by trying. That the models are right on 3.14
 * shows {@code src/test/js/mujoco3.mjs}: what Gymnasium computed with it, they give to 6e-14. A
 * fatal error of MuJoCo's costs its batch, never the process ({@link
 * dev.lanewise.engine.env.mujoco.NativeThread}).
 *
 * <p>An action out of bounds is handed on as it is: the actuators of the models clip it, the
 * rewards count it in full.
 */
package dev.lanewise.engine.env.mujoco;
