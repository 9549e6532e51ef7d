package cc.getportal.follow;

import cc.getportal.error.ConnectionException;
import cc.getportal.error.PortalException;
import cc.getportal.http.Http;
import cc.getportal.http.Json;
import cc.getportal.http.World;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.Iterator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Predicate;

/**
 * One log being followed, attempt after attempt: each item once and in order. It never ends by
 * itself, but after its last item or for errors that asking again cannot mend. On the SDK's thread
 * only.
 */
final class Following<T> {
  /** Well under the usual limits of proxies. */
  private static final int POLL_WAIT_S = 15;

  private static final long POLL_MAX_MS = 20_000;

  /** Faster than this, an empty answer to a poll did not wait as asked. */
  private static final long POLL_MIN_MS = 1_000;

  private static final long RETRY_FIRST_MS = 200;
  private static final long RETRY_MAX_MS = 5_000;

  /** Failures in a row after which an outage is reported, once. */
  private static final int FAILURES_REPORTED = 5;

  private final Follower follower;
  private final Http http;
  private final World world;
  private final String path;
  private final boolean dense;
  private final Class<T> type;
  private final Predicate<T> last;
  private final Told<T> told;

  private long after;
  private int failures = 0;
  private boolean stopped = false;
  private Runnable abort = () -> {};
  private Runnable leave = () -> {};

  // Of the attempt that runs now.
  private long startMs = 0;
  private int news = 0;

  /**
   * Asks for nothing yet.
   *
   * @param dense a stream, whose indexes leave none out; else the feed, whose positions do
   * @param after the first index wanted, or the last position handled
   * @param type of a stream's data, or of the feed's items
   * @param last whether an item is the last one
   */
  Following(
      Follower follower,
      String path,
      boolean dense,
      long after,
      Class<T> type,
      Predicate<T> last,
      Told<T> told) {
    this.follower = follower;
    this.http = follower.http();
    this.world = http.world();
    this.path = path;
    this.dense = dense;
    this.after = after;
    this.type = type;
    this.last = last;
    this.told = told;
  }

  void begin() {
    leave = http.enter(this::fail);
    attempt();
  }

  void stop() {
    stopped = true;
    abort.run();
    leave.run();
  }

  private void attempt() {
    if (stopped) return;
    startMs = world.nowMs();
    news = 0;
    String query = "%s?after=%d".formatted(path, after);
    if (follower.polling()) {
      poll("%s&wait=%d".formatted(query, POLL_WAIT_S));
    } else {
      var stream = new Listening(http, http.stream(query), this);
      abort = stream::close;
      stream.begin();
    }
  }

  private void poll(String query) {
    var call = http.once(http.get(query), 0, POLL_MAX_MS, Following::eventsOf);
    abort = () -> call.cancel(false);
    call.whenComplete((events, failure) -> world.run(() -> polled(events, failure)));
  }

  private void polled(Iterator<JsonElement> events, Throwable failure) {
    if (failure != null) ended(failure, POLL_MIN_MS);
    else tell(events).whenComplete((done, trouble) -> ended(trouble, POLL_MIN_MS));
  }

  private static Iterator<JsonElement> eventsOf(String page) {
    return Json.parse(page).getAsJsonArray("events").iterator();
  }

  /** Hands over one item after the other; done when the last is taken, or when all is over. */
  CompletableFuture<Void> tell(Iterator<? extends JsonElement> items) {
    CompletableFuture<Void> taken = CompletableFuture.completedFuture(null);
    try {
      while (!stopped && items.hasNext()) {
        taken = tell(items.next().getAsJsonObject());
        if (!taken.isDone()) return taken.thenCompose(done -> tell(items));
      }
    } catch (RuntimeException broken) {
      return CompletableFuture.failedFuture(broken);
    }
    return taken;
  }

  private CompletableFuture<Void> tell(JsonObject json) {
    long place = place(json);
    if (dense ? place < after : place <= after) return CompletableFuture.completedFuture(null);
    if (dense && place > after) {
      throw broken("told event %d where %d was due".formatted(place, after));
    }
    T item = Json.read(dense ? json.get("data") : json, type);
    after = dense ? place + 1 : place;
    news += 1;
    CompletableFuture<Void> taken = told.take(item);
    if (last.test(item)) {
      stop();
      told.complete();
    }
    return taken;
  }

  private long place(JsonObject json) {
    String cursor = dense ? "index" : "position";
    if (json.get(cursor) instanceof JsonPrimitive place && place.isNumber()) {
      if (place.getAsString().matches("\\d{1,18}")) return place.getAsLong();
    }
    throw broken("told an event without ".concat(cursor));
  }

  void streamEnded(Listening stream, Throwable trouble) {
    follower.judge(stream, news, world.nowMs() - startMs);
    ended(trouble, Follower.HEALTHY_MS);
  }

  private void ended(Throwable failure, long workedMs) {
    if (stopped) return;
    boolean wrapped = failure instanceof CompletionException;
    Throwable trouble = wrapped ? failure.getCause() : failure;
    if (trouble instanceof PortalException error && !Http.mayPass(error)) {
      fail(error);
      return;
    }
    boolean lived = trouble == null && world.nowMs() - startMs >= workedMs;
    boolean worked = news > 0 || lived;
    failures = worked ? 0 : failures + 1;
    if (failures == FAILURES_REPORTED) {
      Throwable outage = trouble == null ? broken("ends again and again") : trouble;
      http.callback(() -> follower.report(outage));
    }
    boolean goOn = worked && workedMs == POLL_MIN_MS;
    long pauseMs = world.pauseMs(failures, trouble, RETRY_FIRST_MS, RETRY_MAX_MS);
    abort = world.timer(goOn ? 0 : pauseMs, this::attempt);
  }

  private void fail(PortalException error) {
    stop();
    told.fail(error);
  }

  private ConnectionException broken(String what) {
    String message = "GET %s %s".formatted(path, what);
    return new ConnectionException("invalid_answer", message, 0, null);
  }
}
