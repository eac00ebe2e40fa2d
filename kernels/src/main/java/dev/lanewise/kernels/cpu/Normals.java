package dev.lanewise.kernels.cpu;

import static dev.lanewise.kernels.cpu.Lanes.COUNT;
import static dev.lanewise.kernels.cpu.Lanes.F;
import static dev.lanewise.kernels.cpu.Lanes.all;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * Standard normal numbers by Box and Muller (1958): √(-2 ln u) cos 2πv and √(-2 ln u) sin 2πv. Word
 * 0 of sixteen blocks comes before word 1, so u and v lie sixteen elements apart.
 */
final class Normals {
  private static final int APART = 16;
  private static final FloatVector HALF = all(0.5f);
  private static final FloatVector QUARTER = all(0.25f);
  private static final FloatVector MINUS_TWO = all(-2);
  private static final FloatVector TURN = all((float) (2 * Math.PI));
  private static final IntVector SIGN_BIT = all(-0f).reinterpretAsInts();

  private Normals() {}

  /** One after the other; so many that each is compiled by itself, see {@link Passes}. */
  static Randoms.Change[] changes() {
    return new Randoms.Change[] {
      (words, numbers) -> radii(words, numbers, 0),
      (words, numbers) -> radii(words, numbers, 2 * APART),
      (words, numbers) -> turns(words, numbers, 0),
      (words, numbers) -> turns(words, numbers, 2 * APART)
    };
  }

  private static void radii(int[] words, float[] numbers, int from) {
    for (int i = from; i < from + APART; i += COUNT) {
      radius(words, numbers, i);
    }
  }

  private static void turns(int[] words, float[] numbers, int from) {
    for (int i = from; i < from + APART; i += COUNT) {
      turn(words, numbers, i);
    }
  }

  private static void radius(int[] words, float[] numbers, int i) {
    var log = Functions.logOfNormal(Randoms.unit(words, i));
    log.mul(MINUS_TWO).sqrt().intoArray(numbers, i);
  }

  /**
   * With t = ½ - v and w = |t| - ¼, all exact: cos 2πv = sin 2πw and sin 2πv = ± sin 2π(¼ - |w|),
   * with the sign of t.
   */
  private static void turn(int[] words, float[] numbers, int i) {
    var radius = FloatVector.fromArray(F, numbers, i);
    var t = HALF.sub(Randoms.unit(words, i + APART));
    var w = t.abs().sub(QUARTER);
    var signs = t.reinterpretAsInts().and(SIGN_BIT);
    var signed = radius.reinterpretAsInts().or(signs).reinterpretAsFloats();
    Functions.sinSmall(w.mul(TURN)).mul(radius).intoArray(numbers, i);
    Functions.sinSmall(QUARTER.sub(w.abs()).mul(TURN)).mul(signed).intoArray(numbers, i + APART);
  }
}
