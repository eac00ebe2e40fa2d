package dev.lanewise.algos.cli;

import dev.lanewise.algos.Bootstrap;
import dev.lanewise.algos.InterquartileMean;
import dev.lanewise.algos.MetricsFile;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
    var curves = new ArrayList<Map.Entry<String, Curves>>();
    for (var log : logs.entrySet()) {
      curves.add(Map.entry(log.getKey(), curves(log.getValue())));
    }
    LearningCurve.write(
        picture,
        () -> {
          var chart = LearningCurve.chart(title);
          for (int i = 0; i < curves.size(); i++) {
            if (logs.get(curves.get(i).getKey()).size() > 1) {
              var band = curves.get(i).getValue();
              var name = curves.get(i).getKey() + " interval";
              LearningCurve.band(chart, name, band.low(), band.high(), color(i));
              chart.getSeriesMap().get(name).setShowInLegend(false);
            }
          }
          for (int i = 0; i < curves.size(); i++) {
            var name = curves.get(i).getKey();
            LearningCurve.line(
                chart,
                "%s (%d seeds)".formatted(name, logs.get(name).size()),
                curves.get(i).getValue().mean(),
                color(i));
          }
          return chart;
        });
  }

  private static Color color(int i) {
    return LearningCurve.COLORS.get(i % LearningCurve.COLORS.size());
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
