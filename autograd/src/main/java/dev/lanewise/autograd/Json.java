package dev.lanewise.autograd;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.regex.Pattern;

/** JSON (RFC 8259) without true, false and null, which neither weights nor configurations need. */
public sealed interface Json {

  record Text(String value) implements Json {}

  record Whole(long value) implements Json {}

  /** Any other number, as it was written. */
  record Decimal(String value) implements Json {}

  record Items(List<Json> items) implements Json {}

  record Members(SequencedMap<String, Json> members) implements Json {}

  Pattern NUMBER = Pattern.compile("-?(0|[1-9]\\d*)(\\.\\d+)?([eE][+-]?\\d+)?");

  /**
   * @throws IllegalArgumentException if the text is anything else than one such value
   */
  static Json parse(String text) {
    var parser = new Parser(text);
    var value = parser.value(0);
    parser.end();
    return value;
  }

  /** Whether a text is a number as it stands (section 6). */
  static boolean isNumber(String text) {
    return NUMBER.matcher(text).matches();
  }

  /** The shortest text that parses to this value. */
  default String text() {
    var out = new StringBuilder();
    append(this, out);
    return out.toString();
  }

  private static void append(Json value, StringBuilder out) {
    switch (value) {
      case Text(var text) -> quote(text, out);
      case Whole(var number) -> out.append(number);
      case Decimal(var number) -> out.append(number);
      case Items(var items) -> {
        var separator = "[";
        for (var item : items) {
          out.append(separator);
          append(item, out);
          separator = ",";
        }
        out.append(items.isEmpty() ? "[]" : "]");
      }
      case Members(var members) -> {
        var separator = "{";
        for (var member : members.entrySet()) {
          out.append(separator);
          quote(member.getKey(), out);
          out.append(':');
          append(member.getValue(), out);
          separator = ",";
        }
        out.append(members.isEmpty() ? "{}" : "}");
      }
    }
  }

  private static void quote(String text, StringBuilder out) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < ' ') {
        out.append("\\u%04x".formatted((int) c));
      } else {
        out.append(c);
      }
    }
    out.append('"');
  }

  /** Recursive descent, one method a production. */
  final class Parser {
    private static final int DEEPEST = 32;
    private final String text;
    private int at;

    private Parser(String text) {
      this.text = text;
    }

    private Json value(int depth) {
      if (depth > DEEPEST) {
        throw wrong("nested too deeply");
      }
      return switch (next()) {
        case '{' -> object(depth);
        case '[' -> array(depth);
        case '"' -> new Text(string());
        default -> number();
      };
    }

    private Json object(int depth) {
      var members = new LinkedHashMap<String, Json>();
      expect('{');
      while (next() != '}') {
        if (!members.isEmpty()) {
          expect(',');
        }
        var name = string();
        expect(':');
        if (members.put(name, value(depth + 1)) != null) {
          throw wrong("the name " + name + " comes twice");
        }
      }
      expect('}');
      return new Members(members);
    }

    private Json array(int depth) {
      var items = new ArrayList<Json>();
      expect('[');
      while (next() != ']') {
        if (!items.isEmpty()) {
          expect(',');
        }
        items.add(value(depth + 1));
      }
      expect(']');
      return new Items(items);
    }

    private Json number() {
      int from = at;
      while (at < text.length() && "+-.eE0123456789".indexOf(text.charAt(at)) >= 0) {
        at++;
      }
      var number = text.substring(from, at);
      if (!isNumber(number)) {
        at = from;
        throw wrong("a number, text, list or object was expected");
      }
      try {
        return new Whole(Long.parseLong(number));
      } catch (NumberFormatException e) {
        return new Decimal(number);
      }
    }

    private String string() {
      expect('"');
      var out = new StringBuilder();
      while (true) {
        char c = take();
        if (c == '"') {
          return out.toString();
        }
        if (c < ' ') {
          throw wrong("a control character in a text");
        }
        out.append(c == '\\' ? escaped() : c);
      }
    }

    private char escaped() {
      char c = take();
      return switch (c) {
        case '"', '\\', '/' -> c;
        case 'b' -> '\b';
        case 'f' -> '\f';
        case 'n' -> '\n';
        case 'r' -> '\r';
        case 't' -> '\t';
        case 'u' -> {
          int code = 0;
          for (int i = 0; i < 4; i++) {
            int digit = Character.digit(take(), 16);
            if (digit < 0) {
              throw wrong("four hexadecimal digits were expected");
            }
            code = 16 * code + digit;
          }
          yield (char) code;
        }
        default -> throw wrong("an unknown escape \\" + c);
      };
    }

    private void end() {
      if (next() != 0) {
        throw wrong("something follows the end");
      }
    }

    /** The next character that is not blank, not yet taken; 0 at the end. */
    private char next() {
      while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
        at++;
      }
      return at < text.length() ? text.charAt(at) : 0;
    }

    private char take() {
      if (at == text.length()) {
        throw wrong("it ends too early");
      }
      return text.charAt(at++);
    }

    private void expect(char c) {
      if (next() != c) {
        throw wrong("'" + c + "' was expected");
      }
      at++;
    }

    private IllegalArgumentException wrong(String what) {
      return new IllegalArgumentException("%s at character %d".formatted(what, at));
    }
  }
}
