package dev.lanewise.algos.cli;

import dev.lanewise.algos.Algorithms;
import dev.lanewise.algos.Bootstrap;
import dev.lanewise.algos.InterquartileMean;
import dev.lanewise.algos.MetricsFile;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.TreeMap;

/**
 * Learning curves of several algorithms on an environment as a PNG: at each step the interquartile
 * mean of the seeds' evaluations, and a band of its 95 % bootstrap interval.
 */
final class ComparedCurves {
  private ComparedCurves() {}

  /** An algorithm's curve with the edges of its band. */
  record Curves(LearningCurve.Curve mean, LearningCurve.Curve low, LearningCurve.Curve high) {}

  /**
   * @param logs the log of each seed's run, by the name of the algorithm
   * @throws IOException if a log cannot be read, or this machine cannot draw
   */
  static void draw(String title, SequencedMap<String, List<Path>> logs, Path picture)
      throws IOException {
    var curves = new LinkedHashMap<String, Curves>();
    for (var log : logs.entrySet()) {
      curves.put(log.getKey(), curves(log.getValue()));
    }
    LearningCurve.write(
        picture,
        () -> {
          var chart = LearningCurve.chart(title);
          curves.forEach(
              (name, curve) -> {
                if (logs.get(name).size() > 1) {
                  var series = name + " interval";
                  LearningCurve.band(chart, series, curve.low(), curve.high(), color(name));
                  chart.getSeriesMap().get(series).setShowInLegend(false);
                }
              });
          curves.forEach(
              (name, curve) ->
                  LearningCurve.line(
                      chart, label(name, logs.get(name).size()), curve.mean(), color(name)));
          return chart;
        });
  }

  private static String label(String algorithm, int seeds) {
    return "%s (%d seed%s)".formatted(algorithm, seeds, seeds == 1 ? "" : "s");
  }

  /** Of an algorithm in every picture. */
  private static Color color(String algorithm) {
    int i = Algorithms.names().indexOf(algorithm);
    return LearningCurve.COLORS.get(Math.floorMod(i, LearningCurve.COLORS.size()));
  }

  /** Over the steps at which all the runs were evaluated. */
  static Curves curves(List<Path> logs) throws IOException {
    var returns = new TreeMap<Double, List<Double>>();
    for (var log : logs) {
      var columns = MetricsFile.read(log);
      var steps = columns.get("time/total_timesteps");
      var rewards = columns.get("eval/mean_reward");
      for (int i = 0; i < steps.length; i++) {
        if (!Double.isNaN(rewards[i])) {
          returns.computeIfAbsent(steps[i], step -> new ArrayList<>()).add(rewards[i]);
        }
      }
    }
    returns.values().removeIf(values -> values.size() < logs.size());
    int n = returns.size();
    var x = returns.keySet().stream().mapToDouble(Double::doubleValue).toArray();
    var mean = new double[n];
    var low = new double[n];
    var high = new double[n];
    for (int i = 0; i < n; i++) {
      var scores = returns.get(x[i]).stream().mapToDouble(Double::doubleValue).toArray();
      var interval = Bootstrap.interval(new double[][] {scores}, InterquartileMean::of);
      mean[i] = InterquartileMean.of(scores);
      low[i] = interval.low();
      high[i] = interval.high();
    }
    return new Curves(
        new LearningCurve.Curve(x, mean),
        new LearningCurve.Curve(x, low),
        new LearningCurve.Curve(x, high));
  }
}
