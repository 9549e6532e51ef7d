package cc.getportal;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** The vectors that the TypeScript SDK runs too, and what else lies at the project's root. */
final class Vectors {
  private Vectors() {}

  static JsonObject root(String file) {
    try {
      return JsonParser.parseString(Files.readString(Path.of("..", file))).getAsJsonObject();
    } catch (IOException missing) {
      throw new UncheckedIOException(missing);
    }
  }

  static Stream<JsonObject> cases(String file, String name) {
    JsonArray cases = root("vectors/" + file).getAsJsonArray(name);
    return StreamSupport.stream(cases.spliterator(), false).map(JsonElement::getAsJsonObject);
  }

  static String string(JsonObject json, String name) {
    return has(json, name) ? json.get(name).getAsString() : null;
  }

  static boolean has(JsonObject json, String name) {
    return json.has(name) && !json.get(name).isJsonNull();
  }
}
