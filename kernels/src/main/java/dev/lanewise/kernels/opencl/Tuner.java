package dev.lanewise.kernels.opencl;

import dev.lanewise.kernels.Call;
import dev.lanewise.kernels.Gemm;
import dev.lanewise.kernels.Region;
import dev.lanewise.kernels.View;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Which tile a device is fastest with, for each kind of shape: tried once, at the first product of
 * that kind, and kept on disk with the built programs. Numbers do not depend on it: whether {@link
 * TensorCores} have a product is never a matter of time.
 */
final class Tuner {
  private static final int TRIES = 20;

  private final Queue queue;
  private final OpenClMemory memory;
  private final BinaryCache cache;
  private final Products products;
  private final String options;
  private final Map<Tile.Shape, Tile> chosen = new EnumMap<>(Tile.Shape.class);

  /**
   * @param options that programs are built with
   */
  Tuner(Queue queue, OpenClMemory memory, BinaryCache cache, Products products, String options) {
    this.queue = queue;
    this.memory = memory;
    this.cache = cache;
    this.products = products;
    this.options = options;
  }

  synchronized Tile tile(Tile.Shape shape) {
    return chosen.computeIfAbsent(shape, this::remembered);
  }

  private Tile remembered(Tile.Shape shape) {
    var candidates =
        Tile.candidates(queue.device.type(), shape).stream()
            .filter(tile -> tile.fits(queue.device))
            .toList();
    String name = "tile-" + shape, source = Programs.text("products"), key = candidates + options;
    byte[] saved = cache.load(name, source, key);
    if (saved != null) {
      String text = new String(saved, StandardCharsets.UTF_8);
      for (var tile : candidates) {
        if (tile.toString().equals(text)) {
          return tile;
        }
      }
    }
    var fastest = fastest(shape, candidates);
    cache.save(name, source, key, () -> fastest.toString().getBytes(StandardCharsets.UTF_8));
    return fastest;
  }

  private Tile fastest(Tile.Shape shape, List<Tile> candidates) {
    try (var region = new Region("tiles to try", Float.BYTES, memory)) {
      View a = matrix(region, shape.m, shape.k), b = matrix(region, shape.k, shape.n);
      View c = matrix(region, shape.m, shape.n), zero = View.scalar(region.allocate(1, "zero"));
      var gemm =
          new Gemm(
              a, b, zero.broadcast(shape.m, shape.n), c, Gemm.Epilogue.NONE, c, Gemm.Form.OUTER);
      var calls = candidates.stream().map(tile -> products.gemm(gemm, tile)).toList();
      calls.forEach(this::time); // may have to be compiled
      long[] least = new long[calls.size()];
      Arrays.fill(least, Long.MAX_VALUE);
      for (int i = 0; i < TRIES; i++) { // in turn, as what else the machine does comes and goes
        for (int j = 0; j < least.length; j++) {
          least[j] = Math.min(least[j], time(calls.get(j)));
        }
      }
      int fastest = 0;
      for (int j = 1; j < least.length; j++) {
        fastest = least[j] < least[fastest] ? j : fastest;
      }
      return candidates.get(fastest);
    }
  }

  private static View matrix(Region region, int rows, int lanes) {
    return View.of(region.allocate((long) rows * lanes, "a matrix"), rows, lanes, lanes);
  }

  private long time(Call call) {
    long start = System.nanoTime();
    call.run();
    queue.finish();
    return System.nanoTime() - start;
  }
}
