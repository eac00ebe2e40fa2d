package dev.lanewise.bench;

import dev.lanewise.algos.OffPolicy;
import dev.lanewise.algos.ReplayMemory;
import dev.lanewise.algos.Sac;
import dev.lanewise.algos.Settings;
import dev.lanewise.engine.env.EnvSpec;
import org.openjdk.jmh.annotations.Benchmark;

/**
 * One gradient step of soft actor-critic, sampling included: 17 observations, 6 actions, actor and
 * twin critics of 2 × 256; with a batch of 256 about 577 million floating-point operations, with
 * others in proportion. Small nets with {@code -p nets=64x64 -p batch=100 -p observations=3 -p
 * actions=1}. On OpenCL with {@code -p device=opencl -p workers=1}, which always has the whole of
 * its device; a graphics processor is worth a batch of 4096.
 */
public class SacStep extends OffPolicyStep {
  @Override
  OffPolicy.Agent agent(Settings settings, EnvSpec env, ReplayMemory memory) {
    return new Sac(Sac.Config.of(settings), env, memory, random());
  }

  @Benchmark
  public void step() {
    updates();
  }

  @Override
  void updates() {
    agent.update(1);
  }
}
