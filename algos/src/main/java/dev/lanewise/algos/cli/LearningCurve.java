package dev.lanewise.algos.cli;

import dev.lanewise.algos.MetricsFile;
import dev.lanewise.algos.RunFolder;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** A run's learning curve as a PNG. */
final class LearningCurve {
  private static final Color BLUE = new Color(0x1f, 0x77, 0xb4);
  private static final Color ORANGE = new Color(0xff, 0x7f, 0x0e);

  /** Matplotlib's, which can be told apart. */
  static final List<Color> COLORS =
      List.of(
          BLUE,
          ORANGE,
          new Color(0x2c, 0xa0, 0x2c),
          new Color(0xd6, 0x27, 0x28),
          new Color(0x94, 0x67, 0xbd),
          new Color(0x8c, 0x56, 0x4b),
          new Color(0xe3, 0x77, 0xc2),
          new Color(0x7f, 0x7f, 0x7f),
          new Color(0xbc, 0xbd, 0x22),
          new Color(0x17, 0xbe, 0xcf));

  private static final int MOST_MARKERS = 60;

  private LearningCurve() {}

  /**
   * Draws evaluations, with a band of one standard deviation between their episodes, and the mean
   * return while exploring. Draws nothing while there is neither.
   *
   * @throws IOException if the log cannot be read, or this machine cannot draw
   */
  static void draw(String title, Path metrics, Path picture) throws IOException {
    var columns = MetricsFile.read(metrics);
    var evaluation = Curve.of(columns.get("time/total_timesteps"), columns.get("eval/mean_reward"));
    var rollout = Curve.of(columns.get("time/total_timesteps"), columns.get("rollout/ep_rew_mean"));
    if (evaluation.x.length == 0 && rollout.x.length == 0) {
      return;
    }
    write(
        picture,
        () -> {
          var chart = chart(title);
          if (evaluation.x.length > 1) {
            band(chart, columns.get("time/total_timesteps"), columns);
          }
          line(chart, "evaluation mean", evaluation, BLUE);
          line(chart, "rollout mean (exploring, last 100 episodes)", rollout, ORANGE);
          return chart;
        });
  }

  /**
   * Draws a chart, made only now that Java knows that there is no screen.
   *
   * @throws IOException if this machine cannot draw
   */
  static void write(Path picture, Supplier<XYChart> chart) throws IOException {
    System.setProperty("java.awt.headless", "true");
    byte[] png;
    try {
      png = BitmapEncoder.getBitmapBytes(chart.get(), BitmapEncoder.BitmapFormat.PNG);
    } catch (RuntimeException | LinkageError | InternalError e) {
      throw new IOException(
          ("it could not be drawn (%s);"
                  + " if fonts are missing, install fontconfig and fonts-dejavu-core")
              .formatted(e),
          e);
    }
    RunFolder.write(picture, png);
  }

  /** The points of a column where it has values. */
  record Curve(double[] x, double[] y) {
    static Curve of(double[] x, double[] y) {
      var there = IntStream.range(0, x.length).filter(i -> !Double.isNaN(y[i])).toArray();
      return new Curve(
          IntStream.of(there).mapToDouble(i -> x[i]).toArray(),
          IntStream.of(there).mapToDouble(i -> y[i]).toArray());
    }
  }

  static XYChart chart(String title) {
    var chart =
        new XYChartBuilder()
            .width(960)
            .height(600)
            .title(title)
            .xAxisTitle("environment steps")
            .yAxisTitle("mean return")
            .build();
    var styler = chart.getStyler();
    styler.setLegendPosition(LegendPosition.OutsideS);
    styler.setLegendLayout(LegendLayout.Horizontal);
    styler.setChartBackgroundColor(Color.WHITE);
    styler.setPlotGridLinesColor(new Color(0xdd, 0xdd, 0xdd));
    styler.setChartTitleFont(new Font(Font.SANS_SERIF, Font.BOLD, 18));
    styler.setAxisTitleFont(new Font(Font.SANS_SERIF, Font.PLAIN, 14));
    styler.setAxisTickLabelsFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12));
    styler.setLegendFont(new Font(Font.SANS_SERIF, Font.PLAIN, 13));
    styler.setLocale(Locale.ROOT);
    styler.setXAxisMin(0.0);
    chart.setCustomXAxisTickLabelsFormatter(LearningCurve::brief);
    return chart;
  }

  /** "500", "10k", "1.25M": long labels would run into each other. */
  static String brief(double steps) {
    if (Math.abs(steps) < 1e4) {
      return BigDecimal.valueOf(steps).stripTrailingZeros().toPlainString();
    }
    boolean millions = steps >= 1e6;
    return BigDecimal.valueOf(steps / (millions ? 1e6 : 1e3))
            .round(new MathContext(4))
            .stripTrailingZeros()
            .toPlainString()
        + (millions ? "M" : "k");
  }

  private static void band(XYChart chart, double[] steps, Map<String, double[]> columns) {
    var mean = columns.get("eval/mean_reward");
    var std = columns.get("eval/std_reward");
    var low = new double[steps.length];
    var high = new double[steps.length];
    Arrays.setAll(low, i -> mean[i] - std[i]);
    Arrays.setAll(high, i -> mean[i] + std[i]);
    band(chart, "± std between its episodes", Curve.of(steps, low), Curve.of(steps, high), BLUE);
  }

  /** What lies between two curves over the same steps, in a pale colour. */
  static void band(XYChart chart, String name, Curve low, Curve high, Color color) {
    int n = high.x.length;
    var x = Arrays.copyOf(high.x, 2 * n);
    var y = Arrays.copyOf(high.y, 2 * n);
    for (int k = 0; k < n; k++) {
      x[2 * n - 1 - k] = low.x[k];
      y[2 * n - 1 - k] = low.y[k];
    }
    var pale = new Color(color.getRed(), color.getGreen(), color.getBlue(), 48);
    var series = chart.addSeries(name, x, y);
    series.setXYSeriesRenderStyle(XYSeriesRenderStyle.PolygonArea);
    series.setFillColor(pale);
    series.setLineColor(pale);
    series.setMarker(SeriesMarkers.NONE);
  }

  static void line(XYChart chart, String name, Curve curve, Color color) {
    if (curve.x.length == 0) {
      return;
    }
    var series = chart.addSeries(name, curve.x, curve.y);
    series.setLineColor(color);
    series.setLineStyle(new BasicStroke(2));
    series.setMarkerColor(color);
    series.setMarker(curve.x.length <= MOST_MARKERS ? SeriesMarkers.CIRCLE : SeriesMarkers.NONE);
  }
}
