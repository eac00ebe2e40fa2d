package dev.lanewise.engine.env;

import dev.lanewise.engine.Device;
import dev.lanewise.engine.Tensor;
import dev.lanewise.kernels.Backend;
import dev.lanewise.kernels.Call;
import dev.lanewise.kernels.Philox;
import dev.lanewise.kernels.View;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Function;

/**
 * Dynamics in plain Java for an asynchronous device: they have columns in the host's memory, each
 * of which goes there and back in one transfer.
 */
final class HostColumns implements Dynamics {
  private final Device host = Device.cpu();
  private final Backend device;
  private final Dynamics dynamics;
  private final Twin action, observation, finalObservation, reward, terminated, truncated;

  /** The device's. */
  private final Optional<Tensor> allowed;

  private final Optional<Twin> mask;

  /** A column of the device's, and what the host has for it. */
  private final class Twin {
    private final View there;
    private final Tensor here;
    private final long address;
    private final float[] values;

    Twin(View there, Tensor here) {
      this.there = there;
      this.here = here;
      address = here.view().address();
      values = new float[Math.toIntExact((there.rows() - 1) * there.rowStride() + there.lanes())];
    }

    Twin(View there) {
      this(there, host.columns("host's column", there.lanes(), there.rows()));
    }

    void toHost() {
      device.read(there.address(), values, 0, values.length);
      host.backend().write(address, values, 0, values.length);
    }

    void toDevice() {
      host.backend().read(address, values, 0, values.length);
      device.write(there.address(), values, 0, values.length);
    }
  }

  /**
   * @param maker of dynamics for columns in the host's memory
   */
  HostColumns(Columns columns, Function<Columns, Dynamics> maker) {
    device = columns.device().backend();
    var mine = Columns.of(columns.spec(), host, columns.size());
    action = new Twin(columns.action().view(), mine.action());
    observation = new Twin(columns.observation().view(), mine.observation());
    finalObservation = new Twin(columns.finalObservation().view(), mine.finalObservation());
    reward = new Twin(columns.reward().view(), mine.reward());
    terminated = new Twin(columns.terminated().view(), mine.terminated());
    truncated = new Twin(columns.truncated().view(), mine.truncated());
    try {
      dynamics = maker.apply(mine);
    } catch (RuntimeException e) {
      host.close();
      throw e;
    }
    allowed =
        dynamics
            .actionMask()
            .map(here -> columns.device().columns("action mask", here.rows(), here.columns()));
    mask = allowed.map(there -> new Twin(there.view(), dynamics.actionMask().orElseThrow()));
  }

  /** What goes there and back is whole columns. */
  @Override
  public boolean isParallel() {
    return false;
  }

  @Override
  public boolean cutsItself() {
    return dynamics.cutsItself();
  }

  @Override
  public Call step(Part part, Philox clock) {
    var move = dynamics.step(part, clock);
    return () -> {
      action.toHost();
      move.run();
      outcomeToDevice();
    };
  }

  @Override
  public Call step(Part part, Philox clock, Tensor held) {
    var waiting = new Twin(held.view());
    var move = dynamics.step(part, clock, waiting.here);
    return () -> {
      action.toHost();
      waiting.toHost();
      observation.toHost();
      move.run();
      outcomeToDevice();
    };
  }

  private void outcomeToDevice() {
    observation.toDevice();
    finalObservation.toDevice();
    reward.toDevice();
    terminated.toDevice();
    if (cutsItself()) {
      truncated.toDevice();
    }
    maskToDevice();
  }

  private void maskToDevice() {
    mask.ifPresent(Twin::toDevice);
  }

  @Override
  public Call begin(Part part, Philox random, View lanes, View count) {
    var which = new Twin(lanes);
    var many = new Twin(count);
    var begin = dynamics.begin(part, random, which.here.view(), many.here.view());
    return () -> {
      many.toHost();
      if (many.values[0] > 0) {
        which.toHost();
        observation.toHost();
        begin.run();
        observation.toDevice();
        maskToDevice();
      }
    };
  }

  @Override
  public Optional<Tensor> actionMask() {
    return allowed;
  }

  @Override
  public Map<String, Tensor> tensors() {
    return dynamics.tensors();
  }

  @Override
  public Map<String, long[]> counters() {
    return dynamics.counters();
  }

  @Override
  public boolean restore(Map<String, long[]> counters) {
    boolean goesOn = dynamics.restore(counters);
    maskToDevice();
    return goesOn;
  }

  @Override
  public Scene scene(int i) {
    return dynamics.scene(i);
  }

  @Override
  public SequencedMap<String, double[]> physicalState(int i) {
    return dynamics.physicalState(i);
  }

  @Override
  public void setPhysicalState(int i, Map<String, double[]> parts) {
    dynamics.setPhysicalState(i, parts);
    maskToDevice();
  }

  @Override
  public void close() {
    dynamics.close();
    host.close();
  }
}
