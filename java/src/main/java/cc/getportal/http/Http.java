package cc.getportal.http;

import cc.getportal.error.ConnectionException;
import cc.getportal.error.InvalidRequestException;
import cc.getportal.error.PortalException;
import cc.getportal.error.RateLimitException;
import cc.getportal.error.ServerException;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Function;

/** What all requests of one SDK share. */
public final class Http {
  /** First try and retries together. */
  private static final int TRIES_MAX = 6;

  private final String baseUrl;
  private final String authToken;
  private final HttpClient client;
  private final Executor callbacks;
  private final World world;
  private final long timeoutMs;

  /** Whoever waits for something; touched on the SDK's thread only. */
  private final Set<Consumer<PortalException>> waiting = new LinkedHashSet<>();

  private boolean closed = false;

  /**
   * Sends nothing yet.
   *
   * @param baseUrl without a slash at its end
   * @param callbacks where futures complete, and so where the caller's code runs
   * @param timeoutMs for one call with all its retries
   */
  public Http(
      String baseUrl,
      String authToken,
      HttpClient client,
      Executor callbacks,
      World world,
      long timeoutMs) {
    this.baseUrl = baseUrl;
    this.authToken = authToken;
    this.client = client;
    this.callbacks = callbacks;
    this.world = world;
    this.timeoutMs = timeoutMs;
  }

  /** The machine it all runs on. */
  public World world() {
    return world;
  }

  /** Runs the caller's code; here, if the caller's executor takes no more. */
  public void callback(Runnable code) {
    try {
      callbacks.execute(code);
    } catch (RejectedExecutionException shutDown) {
      code.run();
    }
  }

  /** Reads something; with a query, if any, in the path. */
  public HttpRequest get(String path) {
    return request(path, "application/json").build();
  }

  /** Listens to something. */
  public HttpRequest stream(String path) {
    return request(path, "text/event-stream").build();
  }

  /**
   * Asks for something. Throws InvalidRequestException for a key that no header can carry.
   *
   * @param key for what makes something, stays over all tries; null for what may be repeated
   */
  public HttpRequest post(String path, JsonObject body, String key) {
    HttpRequest.Builder request = request(path, "application/json");
    if (key != null) {
      if (!key.matches("[\\x21-\\x7e]{1,255}")) {
        String message = "the idempotency key must be 1 to 255 visible ASCII characters";
        throw new InvalidRequestException("invalid_request", message, 0, "Idempotency-Key");
      }
      request.header("Idempotency-Key", key);
    }
    request.header("Content-Type", "application/json");
    return request.POST(BodyPublishers.ofString(body.toString())).build();
  }

  private HttpRequest.Builder request(String path, String accept) {
    return HttpRequest.newBuilder(URI.create(baseUrl.concat(path)))
        // Each stream is a connection of its own: proxies allow only so many to a shared one.
        .version(HttpClient.Version.HTTP_1_1)
        .header("Accept", accept)
        .header("Authorization", "Bearer ".concat(authToken));
  }

  /**
   * The answer, after as many tries as it took.
   *
   * @param read from the body's text; what it throws is an answer of no Portal daemon
   * @return cancelled or completed by the caller, it ends the call
   */
  public <T> CompletableFuture<T> call(HttpRequest request, Function<String, T> read) {
    return new Call<>(this, request, 0, TRIES_MAX, timeoutMs, read).begin();
  }

  /**
   * The answer of a single try.
   *
   * @param accepted a status beside 2xx that is an answer
   */
  public <T> CompletableFuture<T> once(
      HttpRequest request, int accepted, long limitMs, Function<String, T> read) {
    return new Call<>(this, request, accepted, 1, limitMs, read).begin();
  }

  /** Ends something; done as well when it is not there any more. */
  public CompletableFuture<Void> delete(String path) {
    HttpRequest request = request(path, "application/json").DELETE().build();
    return new Call<>(this, request, 404, TRIES_MAX, timeoutMs, Http::gone).begin();
  }

  private static Void gone(String text) {
    if (text.isEmpty() || Json.string(Json.parse(text), "code").equals("not_found")) return null;
    throw new JsonParseException("neither gone nor not_found");
  }

  /** One try: an answer of whatever status, or an exception of java.net.http's. */
  public CompletableFuture<HttpResponse<String>> send(
      HttpRequest request, BodyHandler<String> handler) {
    try {
      return client.sendAsync(request, handler);
    } catch (RuntimeException failure) {
      return CompletableFuture.failedFuture(failure);
    }
  }

  /** The exception of an answer that is neither 2xx nor accepted; null for one that is. */
  public PortalException refusal(HttpResponse<String> response, int accepted) {
    int status = response.statusCode();
    if (status / 100 == 2 || status == accepted) return null;
    String retryAfter = response.headers().firstValue("retry-after").orElse(null);
    String where = where(response.request());
    return Problem.of(where, status, response.body(), retryAfter, world.nowMs());
  }

  /** What it means that no answer came. */
  public PortalException connectionFailed(HttpRequest request, Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    String why = cause.getClass().getSimpleName();
    for (Throwable at = cause; at != null; at = at.getCause()) {
      if (at.getMessage() != null) why = at.getMessage();
    }
    String message = "%s: no connection to %s: %s".formatted(where(request), baseUrl, why);
    return new ConnectionException("connection_failed", message, 0, cause);
  }

  /** What it means that an answer did not come in time. */
  public PortalException timedOut(HttpRequest request, long limitMs) {
    String message = "%s: no answer from %s in %d ms".formatted(where(request), baseUrl, limitMs);
    return new ConnectionException("timed_out", message, 0, null);
  }

  /** Whether trying again may help: all but what the daemon refuses for good. */
  public static boolean mayPass(PortalException error) {
    return error instanceof ConnectionException
        || error instanceof RateLimitException
        || error instanceof ServerException;
  }

  /** For messages, as in {@code POST /payments/single}. */
  public String where(HttpRequest request) {
    String path = request.uri().toString().substring(baseUrl.length());
    return "%s %s".formatted(request.method(), path.replaceFirst("\\?.*", ""));
  }

  /**
   * Waits for something until it leaves, or until all is closed: {@code end} is then called, at
   * once if it already is. On the SDK's thread only.
   *
   * @return the way out
   */
  public Runnable enter(Consumer<PortalException> end) {
    if (closed) end.accept(closedByOwner());
    else waiting.add(end);
    return () -> waiting.remove(end);
  }

  /** Ends everything that is waited for; later calls fail at once. */
  public void close() {
    world.run(
        () -> {
          closed = true;
          for (var end : List.copyOf(waiting)) end.accept(closedByOwner());
        });
  }

  private static PortalException closedByOwner() {
    return new ConnectionException("closed", "the SDK was closed by its owner", 0, null);
  }

  /**
   * A path with an id as one of its segments. Throws InvalidRequestException for an id that leads
   * elsewhere.
   *
   * @param template such as {@code /payments/%s}
   */
  public static String path(String template, String id) {
    if (id.matches("\\.{0,2}")) {
      String message = "\"%s\" is no id".formatted(id);
      throw new InvalidRequestException("invalid_request", message, 0, null);
    }
    String segment = URLEncoder.encode(id, StandardCharsets.UTF_8).replace("+", "%20");
    return template.formatted(segment);
  }
}
