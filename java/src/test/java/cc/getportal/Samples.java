package cc.getportal;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.ArrayList;
import java.util.List;

/** Examples of the schemas of an OpenAPI document, as far as ours needs. */
final class Samples {
  private final JsonObject schemas;

  Samples(JsonObject api) {
    schemas = api.getAsJsonObject("components").getAsJsonObject("schemas");
  }

  JsonObject schema(String name) {
    return schemas.getAsJsonObject(name);
  }

  /** The richest first, the poorest last; of a union, those of each of its members. */
  List<JsonElement> of(String name) {
    var samples = new ArrayList<JsonElement>();
    for (JsonObject variant : variants(schema(name))) {
      samples.add(sample(variant, true));
      samples.add(sample(variant, false));
    }
    return samples;
  }

  static String nameOf(JsonObject reference) {
    String path = reference.get("$ref").getAsString();
    return path.substring(path.lastIndexOf('/') + 1);
  }

  private List<JsonObject> variants(JsonObject schema) {
    var variants = new ArrayList<JsonObject>();
    if (schema.has("$ref")) return variants(schema(nameOf(schema)));
    JsonElement values =
        schema.has("properties") ? schema.getAsJsonObject("properties").get("status") : null;
    JsonArray union =
        schema.has("oneOf") ? schema.getAsJsonArray("oneOf") : schema.getAsJsonArray("anyOf");
    if (union != null) {
      union.forEach(member -> variants.addAll(variants(member.getAsJsonObject())));
    } else if (values != null && values.getAsJsonObject().has("enum")) {
      // Each of its words.
      for (JsonElement word : values.getAsJsonObject().getAsJsonArray("enum")) {
        JsonObject one = schema.deepCopy();
        one.getAsJsonObject("properties").getAsJsonObject("status").add("const", word);
        variants.add(one);
      }
    } else {
      variants.add(schema);
    }
    return variants;
  }

  private JsonElement sample(JsonObject schema, boolean rich) {
    JsonObject plain = variants(schema).get(0);
    if (plain.has("const")) return plain.get("const");
    if (!rich && mayBeNull(plain)) return JsonNull.INSTANCE;
    if (plain.has("enum")) return plain.getAsJsonArray("enum").get(0);
    return switch (typeOf(plain)) {
      case "string" -> new JsonPrimitive("text");
      case "integer" -> new JsonPrimitive(1_800_000_000L);
      case "boolean" -> new JsonPrimitive(rich);
      case "array" -> array(plain, rich);
      case "object" -> object(plain, rich);
      default -> throw new AssertionError("no example of " + plain);
    };
  }

  private JsonArray array(JsonObject schema, boolean rich) {
    var array = new JsonArray();
    array.add(sample(schema.getAsJsonObject("items"), rich));
    return array;
  }

  private JsonObject object(JsonObject schema, boolean rich) {
    var object = new JsonObject();
    JsonObject properties = schema.getAsJsonObject("properties");
    if (properties == null) {
      object.addProperty("any", 5);
      return object;
    }
    JsonArray required = schema.getAsJsonArray("required");
    for (String name : properties.keySet()) {
      boolean needed = required != null && required.contains(new JsonPrimitive(name));
      if (rich || needed) object.add(name, sample(properties.getAsJsonObject(name), rich));
    }
    return object;
  }

  private static boolean mayBeNull(JsonObject schema) {
    JsonElement type = schema.get("type");
    return type != null
        && type.isJsonArray()
        && type.getAsJsonArray().contains(new JsonPrimitive("null"));
  }

  private static String typeOf(JsonObject schema) {
    JsonElement type = schema.get("type");
    if (type == null) return "none";
    return type.isJsonArray() ? type.getAsJsonArray().get(0).getAsString() : type.getAsString();
  }
}
