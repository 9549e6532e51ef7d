package cc.getportal;

import cc.getportal.follow.Follower;
import cc.getportal.http.Http;
import cc.getportal.http.Json;
import cc.getportal.model.KeyHandshakeEvent;
import com.google.gson.JsonObject;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A handshake that waits for wallets: a URL to show, and who opens it. The daemon keeps the scans;
 * nothing is read before it is asked for. Safe for use by many threads.
 */
public final class KeyHandshake {
  private final Follower follower;
  private final String url;
  private final String streamId;
  private final boolean isStatic;
  private final Outcome<KeyHandshakeEvent> outcome;

  KeyHandshake(
      Follower follower,
      JsonObject created,
      boolean isStatic,
      @Nullable Consumer<? super KeyHandshakeEvent> onEvent) {
    this.follower = follower;
    this.url = Json.string(created, "url");
    this.streamId = Json.string(created, "stream_id");
    this.isStatic = isStatic;
    this.outcome = new Outcome<>(events(), onEvent, follower);
  }

  /**
   * What the user's wallet opens.
   *
   * @return {@code portal://…}, for a QR code or a link
   */
  public String url() {
    return url;
  }

  /**
   * Where its events are.
   *
   * @return as the daemon made it
   */
  public String streamId() {
    return streamId;
  }

  /**
   * Each scan from the first on, once and in order: one wallet, or with a static token one after
   * the other; and its end, if it ends without a scan.
   *
   * @return completes when the handshake is over
   */
  public Flow.Publisher<KeyHandshakeEvent> events() {
    return follower.stream(
        streamId, KeyHandshakeEvent.class, event -> !isStatic || event.status() != null);
  }

  /**
   * How it ended: the one scan, or {@code timeout} or {@code closed}.
   *
   * @return a future of your own: cancelling it ends your waiting, not the handshake
   */
  public CompletableFuture<KeyHandshakeEvent> done() {
    return outcome.future();
  }

  /**
   * Ends it: the URL is of no use any more. Safe to repeat.
   *
   * @return done when the daemon has taken note
   */
  public CompletableFuture<@Nullable Void> close() {
    return follower.http().delete(Http.path("/key-handshake/%s", streamId));
  }

  /**
   * The URL.
   *
   * @return for a QR code
   */
  @Override
  public String toString() {
    return url;
  }
}
