package dev.lanewise.bench;

import dev.lanewise.algos.OffPolicy;
import dev.lanewise.algos.ReplayMemory;
import dev.lanewise.algos.Settings;
import dev.lanewise.algos.Td3;
import dev.lanewise.engine.env.EnvSpec;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;

/**
 * One gradient step of TD3, sampling included, as the average over its policy delay of 2: of two
 * updates of the critics and one of the actor and the targets, the score is half. 17 observations,
 * 6 actions, actor and twin critics of 2 × 256, a batch of 256; others as for {@link SacStep}.
 */
public class Td3Step extends OffPolicyStep {
  private static final int POLICY_DELAY = 2;

  @Override
  OffPolicy.Agent agent(Settings settings, EnvSpec env, ReplayMemory memory) {
    var config = Td3.Config.of(settings);
    if (config.policyDelay() != POLICY_DELAY) {
      throw new IllegalStateException("the policy delay is %d".formatted(config.policyDelay()));
    }
    return new Td3(config, env, memory, random());
  }

  @Benchmark
  @OperationsPerInvocation(POLICY_DELAY)
  public void step() {
    updates();
  }

  @Override
  void updates() {
    for (int n = 1; n <= POLICY_DELAY; n++) {
      agent.update(n);
    }
  }
}
