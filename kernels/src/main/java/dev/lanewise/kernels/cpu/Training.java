package dev.lanewise.kernels.cpu;

import static dev.lanewise.kernels.cpu.Lanes.F;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LE;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.MAX;
import static jdk.incubator.vector.VectorOperators.XOR;

import dev.lanewise.kernels.Region;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Shows HotSpot every operation of the kernels, before it compiles the first of them. What C2 makes
 * of a kernel depends on the profiles of the methods of the Vector API, which all kernels share:
 *
 * <ul>
 *   <li>A method that has no profile yet, as at a start that has much to compile, does not tell
 *       what class its vectors are, and the calls of their methods stay calls.
 *   <li>A method that has seen one kind of operator or of vector is compiled for that kind, and
 *       each other one that comes later is a wrong guess. C2 adds up the wrong guesses in all that
 *       a kernel inlines, and where they are {@code -XX:PerMethodTrapLimit=100} it guesses no more,
 *       but calls.
 * </ul>
 *
 * Either way vectors lie on the heap for as long as the process lives.
 */
final class Training {
  /** HotSpot begins to count classes after 200 calls. */
  private static final int TURNS = 400;

  private static final VectorSpecies<Integer> I = VectorSpecies.of(int.class, F.vectorShape());
  private static final VectorSpecies<Long> L = VectorSpecies.of(long.class, F.vectorShape());
  private static final VectorShuffle<Float> REVERSED =
      VectorShuffle.fromOp(F, i -> F.length() - 1 - i);

  private Training() {}

  /** To be done once. */
  static void run() {
    var ints = new int[I.length()];
    var floats = new float[F.length()];
    try (var region = new Region("training", Float.BYTES)) {
      long offset = Lanes.bytes(region.allocate(2 * F.length(), "vectors"));
      for (int i = 0; i < TURNS; i++) {
        boolean whole = i % 2 == 0;
        var mask = Lanes.first(i % F.length());
        var x = Lanes.at(offset, F.length(), whole, mask);
        var y = Pointers.at(Pointers.ofOffset(offset), 0, whole, mask);
        Lanes.put(floats(x, y, mask), offset, 0, whole, mask);
        Pointers.put(whole(y, floats, ints), Pointers.ofOffset(offset), F.length());
        Lanes.set(offset, Lanes.get(offset) + Pointers.get(Pointers.ofOffset(offset)));
      }
    }
  }

  private static FloatVector floats(FloatVector x, FloatVector y, VectorMask<Float> mask) {
    var z = x.add(y).sub(x).mul(y).div(Lanes.all(2)).max(x).min(y).neg().abs().sqrt().fma(x, y);
    z = z.add(1f).sub(1f).mul(1f).div(1f).max(0f).min(0f).fma(1f, 1f);
    z = z.blend(y, z.compare(GT, x).or(z.compare(EQ, y)).and(mask));
    z = z.blend(0f, z.compare(LE, 0f)).rearrange(REVERSED);
    boolean all = z.compare(EQ, z).allTrue(), some = mask.toLong() != 0;
    return z.add(all || some ? z.reduceLanes(MAX) + z.lane(0) : 0);
  }

  private static FloatVector whole(FloatVector x, float[] floats, int[] ints) {
    IntVector i = x.reinterpretAsInts().and(1).or(2).add(3).lanewise(LSHL, 4).lanewise(LSHR, 5);
    i = i.add(i).and(i).or(i).lanewise(XOR, i);
    LongVector l = i.reinterpretAsLongs().add(1).add(LongVector.broadcast(L, 2)).and(3);
    l = l.mul(l).lanewise(LSHR, 4).lanewise(LSHL, 5).lanewise(XOR, l).or(l).and(l).add(l);
    l.reinterpretAsInts().intoArray(ints, 0);
    ((FloatVector) IntVector.fromArray(I, ints, 0).convertShape(I2F, F, 0)).intoArray(floats, 0);
    return FloatVector.fromArray(F, floats, 0).add(i.reinterpretAsFloats());
  }
}
