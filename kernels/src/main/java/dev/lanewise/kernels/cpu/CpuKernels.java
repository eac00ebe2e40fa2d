package dev.lanewise.kernels.cpu;

import dev.lanewise.kernels.Binary;
import dev.lanewise.kernels.Call;
import dev.lanewise.kernels.Draw;
import dev.lanewise.kernels.Gemm;
import dev.lanewise.kernels.Kernels;
import dev.lanewise.kernels.Reduction;
import dev.lanewise.kernels.Unary;
import dev.lanewise.kernels.View;

/** The list of kernels and where each is written down. Arguments were checked before. */
final class CpuKernels implements Kernels {

  @Override
  public Call gemm(Gemm gemm) {
    return Products.gemm(gemm);
  }

  @Override
  public Call map(Unary f, View x, View y) {
    return Elementwise.map(f, x, y);
  }

  @Override
  public Call zip(Binary f, View a, View b, View y) {
    return Elementwise.zip(f, a, b, y);
  }

  @Override
  public Call select(View condition, View a, View b, View y) {
    return Elementwise.select(condition, a, b, y);
  }

  @Override
  public Call copy(View x, View y) {
    return Elementwise.copy(x, y);
  }

  @Override
  public Call fill(double value, View y) {
    return Elementwise.fill(value, y);
  }

  @Override
  public Call reduceRows(Reduction reduction, View x, View y) {
    return Reductions.rows(reduction, x, y);
  }

  @Override
  public Call reduceLanes(Reduction reduction, View x, View y) {
    return Reductions.lanes(reduction, x, y);
  }

  @Override
  public Call pick(View x, View index, View y) {
    return Gathers.pick(x, index, y);
  }

  @Override
  public Call oneHot(View index, View y) {
    return Gathers.oneHot(index, y);
  }

  @Override
  public Call gather(View x, View index, View y) {
    return Gathers.gather(x, index, y);
  }

  @Override
  public Call scatter(View x, View index, View y) {
    return Gathers.scatter(x, index, y);
  }

  @Override
  public Call scan(View a, View b, View y) {
    return Scan.scan(a, b, y);
  }

  @Override
  public Call uniform(Draw draw, View y) {
    return Randoms.uniform(draw, y);
  }

  @Override
  public Call normal(Draw draw, View y) {
    return Randoms.normal(draw, y);
  }

  @Override
  public Call integers(Draw draw, View bound, View y) {
    return Randoms.integers(draw, bound, y);
  }

  @Override
  public Call adam(Adam update) {
    return Optimizers.adam(update);
  }

  @Override
  public Call rmsProp(RmsProp update) {
    return Optimizers.rmsProp(update);
  }

  @Override
  public Call sgd(Sgd update) {
    return Optimizers.sgd(update);
  }

  @Override
  public Call lerp(View source, View target, double tau) {
    return Optimizers.lerp(source, target, tau);
  }

  @Override
  public Call checkFinite(View x, String name) {
    return Checks.finite(x, name);
  }

  @Override
  public Call pendulum(Pendulum pendulum) {
    return Pendulums.step(pendulum);
  }

  @Override
  public Call checkWhole(View x, int first, int last, String name) {
    return Checks.wholeNumbers(x, first, last, name);
  }

  @Override
  public Call cartPole(Motion motion) {
    return CartPoles.step(motion);
  }

  @Override
  public Call mountainCar(Motion motion) {
    return MountainCars.step(motion);
  }

  @Override
  public Call mountainCarContinuous(Motion motion) {
    return MountainCars.stepContinuous(motion);
  }

  @Override
  public Call acrobot(Motion motion) {
    return Acrobots.step(motion);
  }

  @Override
  public Call endEpisodes(EpisodeEnds ends) {
    return Episodes.end(ends);
  }

  @Override
  public Call beginEpisodes(EpisodeStarts starts) {
    return Episodes.begin(starts);
  }
}
