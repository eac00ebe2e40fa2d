package dev.lanewise.engine.env.mujoco;

import static javax.xml.stream.XMLStreamConstants.END_ELEMENT;
import static javax.xml.stream.XMLStreamConstants.START_ELEMENT;

import dev.lanewise.engine.env.Scene;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * A shape of a robot, as its MJCF file has it.
 *
 * @param type "plane", "sphere", "capsule" or "cylinder"
 * @param body number of the body whose frame it is in
 * @param part that body's name
 * @param from one end of its axis, in that frame
 * @param to the other end
 */
record Geom(String type, int body, String part, double[] from, double[] to, double radius) {

  /** Where it is in the world. */
  Scene.Shape shape(Simulation s) {
    var a = s.point(body, from);
    return switch (type) {
      case "plane" -> new Scene.Floor(part, a.z());
      case "sphere", "capsule" -> new Scene.Capsule(part, a, s.point(body, to), radius);
      case "cylinder" -> new Scene.Cylinder(part, a, s.point(body, to), radius);
      default -> throw new IllegalStateException("a geom of type " + type + " has no shape");
    };
  }

  /** All of one of this package's MJCF files. */
  static List<Geom> of(String file) {
    try (var in = Geom.class.getResourceAsStream(file)) {
      var reader = new Reader(XMLInputFactory.newDefaultFactory().createXMLStreamReader(in));
      return reader.read();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (XMLStreamException e) {
      throw new IllegalStateException("%s is not XML: %s".formatted(file, e.getMessage()), e);
    }
  }

  /** Of MJCF, what says where shapes are; bodies are numbered in the order in which they begin. */
  private static final class Reader {
    private record Frame(int number, String name, String childClass) {}

    private final XMLStreamReader xml;
    private final Map<String, Map<String, String>> defaults = new HashMap<>();
    private final ArrayDeque<String> classes = new ArrayDeque<>();
    private final ArrayDeque<Frame> bodies = new ArrayDeque<>();
    private final List<Geom> geoms = new ArrayList<>();
    private boolean radian;
    private int count;

    Reader(XMLStreamReader xml) {
      this.xml = xml;
    }

    List<Geom> read() throws XMLStreamException {
      while (xml.hasNext()) {
        switch (xml.next()) {
          case START_ELEMENT -> begin(attributes());
          case END_ELEMENT -> end();
          default -> {}
        }
      }
      return List.copyOf(geoms);
    }

    private Map<String, String> attributes() {
      var attributes = new HashMap<String, String>();
      for (int k = 0; k < xml.getAttributeCount(); k++) {
        attributes.put(xml.getAttributeLocalName(k), xml.getAttributeValue(k));
      }
      return attributes;
    }

    private void begin(Map<String, String> attributes) {
      switch (xml.getLocalName()) {
        case "compiler" -> radian = "radian".equals(attributes.get("angle"));
        case "default" -> {
          var name = attributes.getOrDefault("class", "main");
          defaults.put(name, new HashMap<>(defaults.getOrDefault(classes.peek(), Map.of())));
          classes.push(name);
        }
        case "worldbody" -> bodies.push(new Frame(count++, "world", "main"));
        case "body" -> {
          var inherited = bodies.element().childClass;
          bodies.push(
              new Frame(
                  count++,
                  attributes.get("name"),
                  attributes.getOrDefault("childclass", inherited)));
        }
        case "geom" -> {
          if (classes.isEmpty()) {
            geoms.add(geom(attributes, bodies.element()));
          } else {
            defaults.get(classes.element()).putAll(attributes);
          }
        }
        default -> {}
      }
    }

    private void end() {
      switch (xml.getLocalName()) {
        case "default" -> classes.pop();
        case "worldbody", "body" -> bodies.pop();
        default -> {}
      }
    }

    private Geom geom(Map<String, String> own, Frame body) {
      var all = new HashMap<>(defaults.get(own.getOrDefault("class", body.childClass)));
      all.putAll(own);
      var type = all.getOrDefault("type", "sphere");
      var size = numbers(all.get("size"));
      var ends = new double[6];
      if (all.containsKey("fromto")) {
        ends = numbers(all.get("fromto"));
      } else {
        var position = numbers(all.getOrDefault("pos", "0 0 0"));
        var axis = axis(all);
        boolean isLong = type.equals("capsule") || type.equals("cylinder");
        for (int k = 0; k < 3; k++) {
          double half = isLong ? size[1] * axis[k] : 0;
          ends[k] = position[k] - half;
          ends[3 + k] = position[k] + half;
        }
      }
      return new Geom(
          type,
          body.number,
          body.name,
          new double[] {ends[0], ends[1], ends[2]},
          new double[] {ends[3], ends[4], ends[5]},
          size[0]);
    }

    /** The z axis of the shape's frame. */
    private double[] axis(Map<String, String> geom) {
      if (geom.containsKey("axisangle")) {
        // Rodrigues: k × z sin a + k (k · z) (1 - cos a) + z cos a
        var k = numbers(geom.get("axisangle"));
        double sin = Math.sin(angle(k[3])), cos = Math.cos(angle(k[3]));
        double along = k[2] * (1 - cos);
        return new double[] {
          k[1] * sin + k[0] * along, -k[0] * sin + k[1] * along, k[2] * along + cos
        };
      }
      // about x, then about the new y; the turn about the new z does not move it
      var euler = numbers(geom.getOrDefault("euler", "0 0 0"));
      double a = angle(euler[0]), b = angle(euler[1]);
      return new double[] {Math.sin(b), -Math.cos(b) * Math.sin(a), Math.cos(b) * Math.cos(a)};
    }

    private double angle(double value) {
      return radian ? value : Math.toRadians(value);
    }

    private static double[] numbers(String text) {
      return Stream.of(text.trim().split("\\s+")).mapToDouble(Double::parseDouble).toArray();
    }
  }
}
