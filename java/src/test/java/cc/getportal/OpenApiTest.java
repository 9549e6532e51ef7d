package cc.getportal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cc.getportal.error.ConnectionException;
import cc.getportal.http.Json;
import cc.getportal.http.Problem;
import cc.getportal.model.AuthenticationEvent;
import cc.getportal.model.EventData;
import cc.getportal.model.FeedItem;
import cc.getportal.model.Info;
import cc.getportal.model.InvoicePaymentRequestContent;
import cc.getportal.model.KeyHandshakeEvent;
import cc.getportal.model.PaymentDetails;
import cc.getportal.model.PaymentFilter;
import cc.getportal.model.PaymentList;
import cc.getportal.model.PaymentStatus;
import cc.getportal.model.Readiness;
import cc.getportal.model.SinglePaymentRequestContent;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The SDK's records against openapi.json, which the daemon's own schemas are written to: an example
 * of every schema, with all there can be and with as little as may be, is read and written again.
 */
class OpenApiTest {
  private static final JsonObject API = Vectors.root("openapi.json");
  private static final Samples SAMPLES = new Samples(API);

  private static final Map<String, Class<?>> ANSWERS =
      Map.ofEntries(
          Map.entry("Payment", PaymentDetails.class),
          Map.entry("PaymentList", PaymentList.class),
          Map.entry("PaymentCancelled", PaymentDetails.class),
          Map.entry("PaymentStatus", PaymentStatus.class),
          Map.entry("KeyHandshakeEvent", KeyHandshakeEvent.class),
          Map.entry("AuthenticationEvent", AuthenticationEvent.class),
          Map.entry("FeedItem", FeedItem.class),
          Map.entry("Info", Info.class),
          Map.entry("Readiness", Readiness.class));

  /** What the SDK takes member by member from the answers that have no record of their own. */
  private static final Map<String, Set<String>> BY_HAND =
      Map.of(
          "PaymentCreated",
              Set.of("stream_id", "payment_id", "invoice", "payment_hash", "expires_at"),
          "KeyHandshakeCreated", Set.of("stream_id", "url"),
          "AuthenticateKeyCreated", Set.of("stream_id"),
          "EventPage", Set.of("events", "next"),
          "FeedPage", Set.of("events", "next", "log_id"),
          "StreamEvent", Set.of("index", "created_at", "data"),
          "Problem", Set.of("type", "title", "status", "code", "detail", "field"),
          "Health", Set.of("status"),
          "WebhookMessage", Set.of("type", "timestamp", "data"));

  @TestFactory
  Stream<DynamicTest> an_answer_is_read_with_nothing_lost() {
    return ANSWERS.entrySet().stream()
        .flatMap(
            entry ->
                SAMPLES.of(entry.getKey()).stream()
                    .map(sample -> roundTrip(entry.getKey(), entry.getValue(), sample)));
  }

  private static DynamicTest roundTrip(String schema, Class<?> type, JsonElement sample) {
    return DynamicTest.dynamicTest(
        schema + " " + sample,
        () -> {
          Object value = Json.read(sample, type);
          assertEquals(withNulls(sample), withNulls(Wire.json(value)));
          assertNulls(value, schema);
        });
  }

  @TestFactory
  Stream<DynamicTest> whatever_may_be_null_says_so_and_nothing_else_does() {
    // In the poorest example, what is null may be; in the richest, what is not null need not be.
    // A record of several kinds has members that are of one kind only.
    var severalKinds = Set.of("KeyHandshakeEvent", "AuthenticationEvent", "PaymentCancelled");
    return ANSWERS.entrySet().stream()
        .filter(entry -> entry.getValue().isRecord() && !severalKinds.contains(entry.getKey()))
        .map(
            entry ->
                DynamicTest.dynamicTest(
                    entry.getKey(),
                    () -> {
                      List<JsonElement> samples = SAMPLES.of(entry.getKey());
                      Object poorest = Json.read(samples.get(samples.size() - 1), entry.getValue());
                      assertAllNullable(poorest, entry.getKey());
                    }));
  }

  @Test
  void what_is_read_by_hand_is_all_there_is() {
    BY_HAND.forEach((schema, members) -> assertEquals(members, properties(schema).keySet()));
  }

  @Test
  void a_request_has_every_field_of_its_schema_and_no_other() {
    assertOrder("SinglePaymentOrder", SinglePaymentRequestContent.class);
    assertOrder("InvoicePaymentOrder", InvoicePaymentRequestContent.class);
    assertEquals(Set.of("main_key", "subkeys"), properties("AuthenticateKeyOrder").keySet());
    assertEquals(Set.of("static_token", "no_request"), properties("KeyHandshakeOrder").keySet());
    assertEquals(Set.of(), properties("CancelOrder").keySet());
  }

  private static void assertOrder(String schema, Class<? extends Record> type) {
    Map<String, JsonElement> fields = properties(schema);
    JsonObject sample = SAMPLES.of(schema).get(0).getAsJsonObject();
    for (String address : List.of("main_key", "subkeys")) {
      assertNotNull(fields.remove(address), address);
      sample.remove(address);
    }
    // Its only value, in whatever case.
    sample.addProperty("currency", "millisats");
    Record content = Json.read(sample, type);
    assertEquals(sample, Json.body(content));
    Set<String> required = required(schema);
    for (RecordComponent field : type.getRecordComponents()) {
      String name = snake(field.getName());
      assertNotNull(fields.remove(name), name);
      assertEquals(!required.contains(name), isNullable(field), schema + "." + name);
    }
    assertEquals(Map.of(), fields, "fields of " + schema + " that the SDK cannot send");
  }

  @Test
  void a_list_can_be_filtered_by_all_there_is() {
    var filter =
        PaymentFilter.ALL
            .status("paid")
            .mainKey("k")
            .subscriptionId("s")
            .requestId("r")
            .late(true)
            .createdAfter(1)
            .createdBefore(2)
            .limit(3)
            .cursor("c");
    Set<String> names = new TreeSet<>();
    for (JsonElement parameter : operation("GET /payments").getAsJsonArray("parameters")) {
      names.add(parameter.getAsJsonObject().get("name").getAsString());
    }
    // Not offered by this SDK.
    names.remove("late_resolved");
    assertEquals(names, new TreeSet<>(List.of(filter.query().substring(1).split("=[^&]*&?"))));
  }

  @Test
  void every_code_of_a_refusal_has_its_exception() {
    for (JsonElement code :
        properties("Problem").get("code").getAsJsonObject().getAsJsonArray("enum")) {
      var problem = new JsonObject();
      problem.add("code", code);
      var error = Problem.of("GET /x", 418, problem.toString(), null, 0);
      assertEquals(code.getAsString(), error.code());
    }
    assertInstanceOf(ConnectionException.class, Problem.of("GET /x", 418, "{}", null, 0));
  }

  @Test
  void every_request_the_vectors_hold_is_in_the_api_and_all_its_answers_are_known() {
    Set<String> lines =
        Vectors.cases("conversations.json", "cases")
            .flatMap(c -> c.getAsJsonArray("exchanges").asList().stream())
            .map(exchange -> exchange.getAsJsonObject().getAsJsonObject("request"))
            .map(request -> template(request.get("line").getAsString()))
            .collect(Collectors.toCollection(TreeSet::new));
    lines.add("DELETE /key-handshake/{stream_id}");
    assertEquals(14, lines.size(), lines.toString());
    for (String line : lines) {
      for (var answer : operation(line).getAsJsonObject("responses").entrySet()) {
        for (String schema : schemasOf(answer.getValue())) {
          assertTrue(
              ANSWERS.containsKey(schema) || BY_HAND.containsKey(schema), line + ": " + schema);
        }
      }
    }
  }

  private static String template(String line) {
    return line.replaceFirst("^GET /payments/.+", "GET /payments/{payment_id}")
        .replaceFirst("/[^/]+/(cancel|capture)$", "/{payment_id}/$1")
        .replaceFirst("^GET /events/.+", "GET /events/{stream_id}");
  }

  private static JsonObject operation(String line) {
    String[] parts = line.split(" ");
    JsonObject path = API.getAsJsonObject("paths").getAsJsonObject(parts[1]);
    assertNotNull(path, "no such path: " + line);
    JsonObject operation = path.getAsJsonObject(parts[0].toLowerCase(java.util.Locale.ROOT));
    assertNotNull(operation, "no such operation: " + line);
    return operation;
  }

  private static List<String> schemasOf(JsonElement answer) {
    var names = new ArrayList<String>();
    JsonObject content = answer.getAsJsonObject().getAsJsonObject("content");
    if (content == null) return names;
    for (var media : content.entrySet()) {
      JsonObject schema = media.getValue().getAsJsonObject().getAsJsonObject("schema");
      if (schema.has("$ref")) names.add(Samples.nameOf(schema));
    }
    return names;
  }

  private static Map<String, JsonElement> properties(String schema) {
    JsonObject properties = SAMPLES.schema(schema).getAsJsonObject("properties");
    return properties == null ? Map.of() : new LinkedHashMap<>(properties.asMap());
  }

  private static Set<String> required(String schema) {
    JsonArray required = SAMPLES.schema(schema).getAsJsonArray("required");
    return required.asList().stream().map(JsonElement::getAsString).collect(Collectors.toSet());
  }

  /** An absent member and one that is null mean the same. */
  private static JsonElement withNulls(JsonElement json) {
    if (!json.isJsonObject()) return json;
    var copy = new JsonObject();
    for (var member : json.getAsJsonObject().entrySet()) {
      if (!member.getValue().isJsonNull()) copy.add(member.getKey(), withNulls(member.getValue()));
    }
    return copy;
  }

  /** What came out null is annotated so. */
  private static void assertNulls(Object value, String where) throws Exception {
    for (RecordComponent field : fieldsOf(value)) {
      Object part = field.getAccessor().invoke(value);
      String name = where + "." + field.getName();
      if (part == null) assertTrue(isNullable(field), name + " is null and does not say so");
      else assertNulls(part, name);
    }
  }

  /** What is annotated came out null. */
  private static void assertAllNullable(Object poorest, String where) throws Exception {
    for (RecordComponent field : fieldsOf(poorest)) {
      Object part = field.getAccessor().invoke(poorest);
      String name = where + "." + field.getName();
      if (isNullable(field)) assertEquals(null, part, name + " is never null but says so");
      else if (!(part instanceof EventData)) assertAllNullable(part, name);
    }
  }

  private static List<RecordComponent> fieldsOf(Object value) {
    boolean ours = value instanceof Record && value.getClass().getName().startsWith("cc.getportal");
    if (!ours) return List.of();
    var fields = List.of(value.getClass().getRecordComponents());
    fields.forEach(field -> field.getAccessor().setAccessible(true));
    return fields;
  }

  private static boolean isNullable(RecordComponent field) {
    return field.getAnnotatedType().isAnnotationPresent(Nullable.class);
  }

  private static String snake(String camel) {
    return camel.replaceAll("([A-Z])", "_$1").toLowerCase(java.util.Locale.ROOT);
  }
}
