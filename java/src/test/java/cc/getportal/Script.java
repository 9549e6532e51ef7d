package cc.getportal;

import static cc.getportal.Vectors.string;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/** Answers requests one after the other, as a conversation has it, and notes what was not so. */
final class Script implements AutoCloseable {
  private final HttpServer server;
  private final JsonArray exchanges;
  private final List<Throwable> wrong = new CopyOnWriteArrayList<>();
  private final Set<String> keys = new HashSet<>();
  private int next = 0;

  Script(JsonArray exchanges) throws IOException {
    this.exchanges = exchanges;
    server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    server.createContext("/", this::handle);
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  void assertAllAsked() {
    assertEquals(List.of(), wrong);
    assertEquals(exchanges.size(), next, "requests that were sent");
  }

  @Override
  public void close() {
    server.stop(0);
  }

  private void handle(HttpExchange exchange) throws IOException {
    if (next == exchanges.size()) {
      wrong.add(new AssertionError("one request too many: " + exchange.getRequestURI()));
      FakeDaemon.refuse(exchange, 404, "not_found");
      return;
    }
    JsonObject expected = exchanges.get(next).getAsJsonObject();
    next += 1;
    try {
      check(exchange, expected.getAsJsonObject("request"));
    } catch (AssertionError different) {
      wrong.add(different);
      FakeDaemon.refuse(exchange, 404, "not_found");
      return;
    }
    answer(exchange, expected);
  }

  private void check(HttpExchange exchange, JsonObject expected) throws IOException {
    var url = exchange.getRequestURI();
    var headers = exchange.getRequestHeaders();
    assertEquals(string(expected, "line"), exchange.getRequestMethod() + " " + url.getRawPath());
    assertEquals("Bearer " + FakeDaemon.TOKEN, headers.getFirst("authorization"));
    if (expected.has("accept")) {
      assertEquals(string(expected, "accept"), headers.getFirst("accept"));
    }
    if (expected.has("query")) assertEquals(expected.get("query"), query(url.getRawQuery()));
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    if (expected.has("body")) {
      assertEquals("application/json", headers.getFirst("content-type"));
      assertEquals(present(expected.get("body")), present(JsonParser.parseString(body)));
    }
    String key = headers.getFirst("idempotency-key");
    if (expected.has("idempotency_key")) assertEquals(string(expected, "idempotency_key"), key);
    if (key != null) keys.add(key);
    assertEquals(keys.isEmpty() ? 0 : 1, keys.size(), "keys of one request");
  }

  private static JsonObject query(String text) {
    var query = new JsonObject();
    if (text == null) return query;
    for (String pair : text.split("&")) {
      String[] parts = pair.split("=", 2);
      query.addProperty(parts[0], URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
    }
    return query;
  }

  /** Null is absent. */
  private static JsonElement present(JsonElement json) {
    JsonObject given = json.getAsJsonObject().deepCopy();
    given.entrySet().removeIf(member -> member.getValue().isJsonNull());
    return given;
  }

  private static void answer(HttpExchange exchange, JsonObject expected) throws IOException {
    if (expected.has("stream")) {
      var text = new StringBuilder(": hello\n\n");
      for (JsonElement item : expected.getAsJsonArray("stream")) {
        text.append("data: ").append(item).append("\n\n");
      }
      FakeDaemon.answer(exchange, 200, "text/event-stream", text.toString());
      return;
    }
    JsonElement given = expected.get("answer");
    if (given.isJsonPrimitive()) throw new IOException("the connection breaks");
    JsonObject answer = given.getAsJsonObject();
    String type = "application/json";
    if (answer.has("headers")) {
      JsonObject headers = answer.getAsJsonObject("headers");
      for (var header : headers.entrySet()) {
        exchange.getResponseHeaders().set(header.getKey(), header.getValue().getAsString());
      }
      type = string(headers, "content-type");
    }
    JsonElement body = answer.get("body");
    String text = body.isJsonPrimitive() ? body.getAsString() : body.toString();
    FakeDaemon.answer(exchange, answer.get("status").getAsInt(), type, text);
  }
}
