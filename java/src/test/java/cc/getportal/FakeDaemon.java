package cc.getportal;

import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * A Portal daemon as far as a client goes: requests under idempotency keys, and streams whose log
 * the test writes, read by poll, long poll and SSE. No thread is held by a reader.
 */
final class FakeDaemon implements AutoCloseable {
  static final String TOKEN = "my-secret-token";

  /** How it treats event streams, as a proxy might. */
  enum Mode {
    PASS,
    /** Hands on an answer only once it is complete. */
    BUFFER,
    /** Ends a stream after its first event. */
    CUT,
    /** Ends a stream after its first byte. */
    STRANGLE
  }

  record Arrival(String line, String accept, String key, String body) {}

  private record Reader(HttpExchange exchange, String streamId, boolean sse, int[] next) {}

  final List<Arrival> arrivals = new CopyOnWriteArrayList<>();

  /** Sees every request first; true: it answered, or broke the connection. */
  volatile Predicate<HttpExchange> intercept = exchange -> false;

  volatile Mode mode = Mode.PASS;

  private final Map<String, List<String>> streams = new HashMap<>();
  private final Map<String, String> byKey = new HashMap<>();
  private final List<Reader> readers = new ArrayList<>();
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private HttpServer server;
  private int port = 0;

  FakeDaemon() {
    up();
    // A heartbeat finds out who is gone.
    timer.scheduleAtFixedRate(this::beat, 200, 200, TimeUnit.MILLISECONDS);
  }

  String url() {
    return "http://127.0.0.1:" + port;
  }

  int readers() {
    synchronized (streams) {
      return readers.size();
    }
  }

  List<String> streams() {
    synchronized (streams) {
      return List.copyOf(streams.keySet());
    }
  }

  long arrivals(String line) {
    return arrivals.stream().filter(arrival -> arrival.line.equals(line)).count();
  }

  /** Appends to a stream; data as in the API. */
  void tell(String streamId, String data) {
    synchronized (streams) {
      List<String> log = streams.get(streamId);
      String event = "{\"index\":%d,\"created_at\":1700000000,\"data\":%s}";
      log.add(event.formatted(log.size(), data));
      for (Reader reader : List.copyOf(readers)) {
        if (reader.streamId.equals(streamId)) serve(reader, false);
      }
    }
  }

  String newStream() {
    synchronized (streams) {
      String id = UUID.randomUUID().toString();
      streams.put(id, new ArrayList<>());
      return id;
    }
  }

  /** Breaks every connection and leaves the port, until {@link #up}. */
  void down() {
    synchronized (streams) {
      readers.clear();
    }
    server.stop(0);
  }

  void up() {
    try {
      server = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 2048);
    } catch (IOException taken) {
      throw new UncheckedIOException(taken);
    }
    port = server.getAddress().getPort();
    server.setExecutor(timer);
    server.createContext("/", this::handle);
    server.start();
  }

  @Override
  public void close() {
    timer.shutdownNow();
    server.stop(0);
  }

  static void answer(HttpExchange exchange, int status, String type, String body) {
    try (exchange) {
      exchange.getResponseHeaders().set("content-type", type);
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
      if (bytes.length > 0) exchange.getResponseBody().write(bytes);
    } catch (IOException gone) {
      // Nobody is left to be answered.
    }
  }

  static void refuse(HttpExchange exchange, int status, String code) {
    String body = "{\"status\":%d,\"code\":\"%s\",\"detail\":\"Because.\"}";
    answer(exchange, status, "application/problem+json", body.formatted(status, code));
  }

  private void handle(HttpExchange exchange) throws IOException {
    URI url = exchange.getRequestURI();
    var headers = exchange.getRequestHeaders();
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    String line = exchange.getRequestMethod() + " " + url.getPath();
    String accept = headers.getFirst("accept");
    String key = headers.getFirst("idempotency-key");
    arrivals.add(new Arrival(line, accept, key, body));
    if (intercept.test(exchange)) return;
    if (!("Bearer " + TOKEN).equals(headers.getFirst("authorization"))) {
      refuse(exchange, 401, "unauthorized");
    } else if (line.startsWith("GET /events/")) {
      read(exchange, url, accept);
    } else if (line.startsWith("GET /payments/")) {
      answer(exchange, 200, "application/json", payment(url.getPath().substring(10)));
    } else {
      answer(exchange, 201, "application/json", create(line, key));
    }
  }

  private String create(String line, String key) {
    synchronized (streams) {
      String id = byKey.computeIfAbsent(line + " " + key, none -> newStream());
      String made =
          "{\"stream_id\":\"%s\",\"payment_id\":\"p-%s\",\"invoice\":\"lnbcrt1fake\","
              + "\"payment_hash\":\"%s\",\"expires_at\":2000000000,\"url\":\"portal://fake\"}";
      return made.formatted(id, id, "00".repeat(32));
    }
  }

  private static String payment(String id) {
    var payment = new JsonObject();
    payment.addProperty("payment_id", id);
    payment.addProperty("stream_id", id.substring(2));
    payment.addProperty("request_id", "order-1");
    payment.addProperty("expires_at", 2_000_000_000);
    payment.addProperty("status", "pending");
    payment.add("metadata", JsonNull.INSTANCE);
    return payment.toString();
  }

  private void read(HttpExchange exchange, URI url, String accept) {
    Map<String, String> query = new HashMap<>();
    for (String pair : url.getQuery().split("&")) {
      query.put(pair.split("=")[0], pair.split("=")[1]);
    }
    String id = url.getPath().substring("/events/".length());
    boolean sse = "text/event-stream".equals(accept);
    var reader = new Reader(exchange, id, sse, new int[] {Integer.parseInt(query.get("after"))});
    synchronized (streams) {
      if (!streams.containsKey(id)) {
        refuse(exchange, 404, "not_found");
        return;
      }
      readers.add(reader);
      serve(reader, true);
      if (sse) return;
    }
    // A wait is as long as it is, only a tenth.
    long waitMs = Long.parseLong(query.getOrDefault("wait", "0")) * 100;
    timer.schedule(() -> endPoll(reader), waitMs, TimeUnit.MILLISECONDS);
  }

  private void serve(Reader reader, boolean first) {
    List<String> log = streams.get(reader.streamId);
    int from = reader.next[0];
    if (!reader.sse) {
      if (from < log.size()) endPoll(reader);
      return;
    }
    boolean ended = !log.isEmpty() && isEnd(log.get(log.size() - 1));
    if (mode == Mode.BUFFER && !ended) return;
    var text = new StringBuilder(first ? ":" : "");
    if (mode != Mode.STRANGLE) {
      for (String event : log.subList(from, log.size())) {
        text.append("\ndata: ").append(event).append("\n\n");
        reader.next[0] += 1;
        if (mode == Mode.CUT) break;
      }
    }
    boolean cut = mode == Mode.STRANGLE || (mode == Mode.CUT && reader.next[0] > from);
    try {
      if (first || mode == Mode.BUFFER) {
        reader.exchange.getResponseHeaders().set("content-type", "text/event-stream");
        reader.exchange.sendResponseHeaders(200, 0);
      }
      write(reader, text.toString());
      if (ended || cut) drop(reader);
    } catch (IOException gone) {
      drop(reader);
    }
  }

  private static boolean isEnd(String event) {
    JsonElement data = JsonParser.parseString(event).getAsJsonObject().get("data");
    JsonElement status = data.getAsJsonObject().get("status");
    return status != null
        && List.of("paid", "user_rejected", "timeout", "error", "closed")
            .contains(status.getAsString());
  }

  private void endPoll(Reader reader) {
    synchronized (streams) {
      if (!readers.remove(reader)) return;
      List<String> log = streams.get(reader.streamId);
      int from = Math.min(reader.next[0], log.size());
      String events = String.join(",", log.subList(from, log.size()));
      String page = "{\"events\":[%s],\"next\":%d}".formatted(events, log.size());
      answer(reader.exchange, 200, "application/json", page);
    }
  }

  private void beat() {
    synchronized (streams) {
      for (Reader reader : List.copyOf(readers)) {
        try {
          if (reader.sse && mode != Mode.BUFFER) write(reader, ":");
        } catch (IOException gone) {
          drop(reader);
        }
      }
    }
  }

  private static void write(Reader reader, String text) throws IOException {
    OutputStream out = reader.exchange.getResponseBody();
    out.write((text + "\n").getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  private void drop(Reader reader) {
    readers.remove(reader);
    reader.exchange.close();
  }
}
