package dev.lanewise.engine.env;

import dev.lanewise.engine.Device;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Gymnasium's LunarLander-v3 and LunarLanderContinuous-v3: a craft with a main engine and two side
 * engines is to come to rest on the pad.
 *
 * <p>Observed are the position of the hull relative to the pad, its velocity, angle and angular
 * velocity, each scaled as Gymnasium scales it, and whether each leg stands on the ground. Discrete
 * actions: 0 nothing, 1 left engine, 2 main engine, 3 right engine. Continuous ones: main and
 * lateral throttle, clipped to [-1, 1]; the main engine runs above 0, at 50 to 100 %, the side
 * engines beyond ±0.5, at as much.
 *
 * <p>The reward is the growth of a potential (near, slow, upright, legs on the ground) less 0.30 a
 * step of the main engine and 0.03 of a side engine at full power. An episode terminates when the
 * hull touches the ground or leaves the viewport sideways, with -100, or when the craft has come to
 * rest and sleeps, with +100.
 *
 * <p><b>Against Gymnasium 1.3.</b> The rules are its own, oddities included: side engines whose
 * point of attack shifts with the angle, a leg that counts as in the air when one of two contacts
 * ends, a first step without engines within the reset. The physics is Box2D 2.3's (see {@link
 * dev.lanewise.engine.env.rigid.World}) in single precision, operation by operation: given the same
 * sines, order of contacts, ground, forces and engine noise, every body moves bit for bit as in
 * Box2D. What differs: Box2D takes sines and cosines in single precision from the C library, at
 * times one ulp from ours, which are rounded from double precision; and random numbers come from
 * our own streams, uniform on 2²³ values.
 *
 * <p>As there, nothing keeps an observation within the space that is declared for it: a craft that
 * climbs leaves it in the end, and so does one that turns over.
 *
 * @param id under which the environment is known
 * @param continuous whether the engines are throttled, or switched
 * @param gravity in m/s², between -12 and 0
 * @param wind whether there is wind and turbulence, while no leg stands on the ground
 * @param windPower the most that the wind pushes, in N; Gymnasium recommends 0 to 20
 * @param turbulencePower the most that it turns, in N m; Gymnasium recommends 0 to 2
 */
public record LunarLander(
    String id,
    boolean continuous,
    double gravity,
    boolean wind,
    double windPower,
    double turbulencePower)
    implements Environments.Factory {
  static final LunarLander DISCRETE = of("LunarLander-v3", false);
  static final LunarLander CONTINUOUS = of("LunarLanderContinuous-v3", true);

  public LunarLander {
    if (!(gravity > -12 && gravity < 0)) {
      throw new IllegalArgumentException(
          "%s: gravity has to be between -12 and 0 m/s², not %s".formatted(id, gravity));
    }
    if (!Double.isFinite(windPower) || !Double.isFinite(turbulencePower)) {
      throw new IllegalArgumentException(
          "%s: the powers of wind and turbulence have to be finite, not %s and %s"
              .formatted(id, windPower, turbulencePower));
    }
  }

  /** As Gymnasium makes it without arguments: gravity -10 m/s², no wind. */
  public static LunarLander of(String id, boolean continuous) {
    return new LunarLander(id, continuous, -10, false, 15, 1.5);
  }

  /** To be registered: {@code register(lander.spec(), lander)}. */
  public EnvSpec spec() {
    float turn = (float) (2 * Math.PI);
    return new EnvSpec(
        id,
        new Space.Box(
            new float[] {-2.5f, -2.5f, -10, -10, -turn, -10, 0, 0},
            new float[] {2.5f, 2.5f, 10, 10, turn, 10, 1, 1}),
        continuous ? Space.Box.of(2, -1, 1) : new Space.Discrete(4),
        1000,
        OptionalDouble.of(200),
        "Land a craft softly between the flags, with little fuel.");
  }

  @Override
  public Optional<String> caveat() {
    return Optional.of(
        "as in Gymnasium, a craft that climbs or turns over leaves the space that is declared");
  }

  @Override
  public BatchedEnv make(Device device, int n) {
    return ColumnEnv.onHost(
        Columns.of(spec(), device, n), columns -> new LunarLanders(this, columns));
  }
}
