package cc.getportal.http;

import cc.getportal.model.AuthenticationEvent;
import cc.getportal.model.Currency;
import cc.getportal.model.EventData;
import cc.getportal.model.FeedItem;
import cc.getportal.model.KeyHandshakeEvent;
import cc.getportal.model.PaymentStatus;
import com.google.gson.FieldNamingPolicy;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonDeserializationContext;
import com.google.gson.JsonDeserializer;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonPrimitive;
import com.google.gson.JsonSerializer;
import com.google.gson.Strictness;
import com.google.gson.ToNumberPolicy;
import java.lang.reflect.Type;

/**
 * From JSON to the records of {@code model} and back: {@code paymentId} is {@code payment_id}
 * there. What a newer daemon adds is passed over.
 */
public final class Json {
  private static final Gson GSON = gson();

  private Json() {}

  /** Throws JsonParseException for what is no JSON object. */
  public static JsonObject parse(String text) {
    JsonElement json = GSON.fromJson(text, JsonElement.class);
    if (json == null || !json.isJsonObject()) throw new JsonParseException("no JSON object");
    return json.getAsJsonObject();
  }

  /** Throws a RuntimeException for what is no {@code type}. */
  public static <T> T read(JsonElement json, Class<T> type) {
    T value = GSON.fromJson(json, type);
    if (value == null) throw new JsonParseException("nothing where something was due");
    return value;
  }

  /** A record or a list as the API writes it. */
  public static JsonElement tree(Object value) {
    return GSON.toJsonTree(value);
  }

  /** The body of a request: null members, being absent, are left out. */
  public static JsonObject body(Object content) {
    JsonObject body = tree(content).getAsJsonObject();
    body.entrySet().removeIf(member -> member.getValue().isJsonNull());
    return body;
  }

  /** Throws JsonParseException where the string is missing. */
  public static String string(JsonObject json, String name) {
    String text = stringOrNull(json, name);
    if (text == null) throw new JsonParseException("without ".concat(name));
    return text;
  }

  /** Null, absent and not a string are one. */
  public static String stringOrNull(JsonObject json, String name) {
    boolean isString = json.get(name) instanceof JsonPrimitive primitive && primitive.isString();
    return isString ? json.get(name).getAsString() : null;
  }

  private static Gson gson() {
    JsonSerializer<Currency> code = (currency, type, gson) -> new JsonPrimitive(currency.code());
    JsonDeserializer<Currency> currency = (json, type, gson) -> new Currency(json.getAsString());
    JsonDeserializer<PaymentStatus> status = Json::paymentStatus;
    JsonDeserializer<FeedItem> item = Json::feedItem;
    return new GsonBuilder()
        .setFieldNamingPolicy(FieldNamingPolicy.LOWER_CASE_WITH_UNDERSCORES)
        .setStrictness(Strictness.STRICT)
        .setObjectToNumberStrategy(ToNumberPolicy.LONG_OR_DOUBLE)
        // Nulls within metadata are the caller's data.
        .serializeNulls()
        .disableHtmlEscaping()
        .registerTypeAdapter(Currency.class, code)
        .registerTypeAdapter(Currency.class, currency)
        .registerTypeAdapter(PaymentStatus.class, status)
        .registerTypeAdapter(FeedItem.class, item)
        .create();
  }

  private static PaymentStatus paymentStatus(
      JsonElement json, Type type, JsonDeserializationContext gson) {
    JsonObject event = json.getAsJsonObject();
    String status = stringOrNull(event, "status");
    return switch (status == null ? "" : status) {
      case "paid" -> gson.deserialize(event, PaymentStatus.Paid.class);
      case "user_rejected", "timeout", "error" ->
          gson.deserialize(event, PaymentStatus.Unpaid.class);
      default -> gson.deserialize(event, PaymentStatus.Progress.class);
    };
  }

  private static FeedItem feedItem(JsonElement json, Type ofItem, JsonDeserializationContext gson) {
    JsonObject item = json.getAsJsonObject();
    String type = string(item, "type");
    Class<? extends EventData> data =
        switch (type) {
          case "key_handshake" -> KeyHandshakeEvent.class;
          case "authenticate_key" -> AuthenticationEvent.class;
          default -> PaymentStatus.class;
        };
    return new FeedItem(
        item.get("position").getAsLong(),
        type,
        string(item, "stream_id"),
        stringOrNull(item, "payment_id"),
        stringOrNull(item, "request_id"),
        item.get("index").getAsLong(),
        item.get("created_at").getAsLong(),
        gson.deserialize(item.get("data"), data));
  }
}
