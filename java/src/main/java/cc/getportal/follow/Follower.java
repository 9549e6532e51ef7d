package cc.getportal.follow;

import cc.getportal.http.Http;
import cc.getportal.model.EventData;
import cc.getportal.model.FeedItem;
import java.util.Objects;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Follows logs for one SDK, because what one stream finds out about the way to the daemon holds for
 * all: whether streams come through, or polling is to be used for a while.
 */
public final class Follower {
  /** A connection that lived this long worked; its end is no sign of trouble. */
  static final long HEALTHY_MS = 5_000;

  /** Streams in a row that ended at once and told nothing, before polling is used instead. */
  private static final int SHORT_STREAMS_MAX = 3;

  /** How long polling is used before a stream is tried again. */
  private static final long POLLING_MS = 300_000;

  private final Http http;
  private final Consumer<? super Throwable> onError;

  // On the SDK's thread only.
  private long pollUntilMs = 0;
  private int shortStreams = 0;

  /**
   * Follows nothing yet.
   *
   * @param onError told what would otherwise be lost; null to log it
   */
  public Follower(Http http, Consumer<? super Throwable> onError) {
    this.http = http;
    this.onError = onError;
  }

  /** The way to the daemon. */
  public Http http() {
    return http;
  }

  /** Tells the owner what would otherwise be lost. Where callbacks run. */
  public void report(Throwable error) {
    if (onError != null) onError.accept(error);
    else System.getLogger("cc.getportal").log(System.Logger.Level.WARNING, "portal-sdk", error);
  }

  /**
   * One stream from its first event on, for any number of subscribers, each with a connection of
   * its own that opens when it first asks. Its indexes are dense from 0.
   *
   * @param last whether an event is the stream's end
   */
  public <D extends EventData> Flow.Publisher<D> stream(
      String streamId, Class<D> type, Predicate<D> last) {
    return publisher(Http.path("/events/%s", streamId), true, 0, type, last);
  }

  /** The feed of all streams after a position. Positions increase, with gaps. */
  public Flow.Publisher<FeedItem> feed(long after) {
    return publisher("/events", false, after, FeedItem.class, item -> false);
  }

  private <T> Flow.Publisher<T> publisher(
      String path, boolean dense, long after, Class<T> type, Predicate<T> last) {
    return subscriber -> {
      var told = new Told<T>(this, Objects.requireNonNull(subscriber));
      var following = new Following<>(this, path, dense, after, type, last, told);
      http.world().run(() -> told.begin(following::begin, following::stop));
    };
  }

  boolean polling() {
    return http.world().nowMs() < pollUntilMs;
  }

  /** Takes note of how a stream ended. */
  void judge(Listening stream, int told, long livedMs) {
    if (told > 0 || livedMs >= HEALTHY_MS) shortStreams = 0;
    else if (stream.opened()) shortStreams += 1;
    boolean blocked = stream.opened() && !stream.heard();
    if (!blocked && shortStreams < SHORT_STREAMS_MAX) return;
    shortStreams = 0;
    pollUntilMs = http.world().nowMs() + POLLING_MS;
  }
}
