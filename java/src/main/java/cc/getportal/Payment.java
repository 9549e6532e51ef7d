package cc.getportal;

import cc.getportal.follow.Follower;
import cc.getportal.http.Http;
import cc.getportal.http.Json;
import cc.getportal.model.PaymentDetails;
import cc.getportal.model.PaymentStatus;
import com.google.gson.JsonObject;
import java.net.http.HttpRequest;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A payment that the daemon has taken: it ends in one of {@code paid}, {@code user_rejected},
 * {@code timeout}, {@code error}, whatever crashes. Safe for use by many threads.
 */
public final class Payment {
  private final Follower follower;
  private final String id;
  private final String streamId;
  private final @Nullable String invoice;
  private final @Nullable String paymentHash;
  private final long expiresAt;
  private final @Nullable String requestId;
  private final Outcome<PaymentStatus> outcome;

  /**
   * Followed at once where there is somebody to tell.
   *
   * @param payment as the daemon answers a request or a look-up
   */
  Payment(
      Follower follower,
      JsonObject payment,
      @Nullable String requestId,
      @Nullable Consumer<? super PaymentStatus> onStatusChange) {
    this.follower = follower;
    this.id = Json.string(payment, "payment_id");
    this.streamId = Json.string(payment, "stream_id");
    this.invoice = Json.stringOrNull(payment, "invoice");
    this.paymentHash = Json.stringOrNull(payment, "payment_hash");
    this.expiresAt = payment.get("expires_at").getAsLong();
    this.requestId = requestId;
    this.outcome = new Outcome<>(statuses(), onStatusChange, follower);
  }

  /**
   * The payment's id, for look-ups.
   *
   * @return as the daemon made it
   */
  public String id() {
    return id;
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
   * What the user's wallet is asked to pay.
   *
   * @return BOLT11; null if the Lightning node had made none yet when the daemon answered
   */
  public @Nullable String invoice() {
    return invoice;
  }

  /**
   * What the preimage hashes to.
   *
   * @return 64 hex characters; null without invoice
   */
  public @Nullable String paymentHash() {
    return paymentHash;
  }

  /**
   * When the request ends if nothing happens.
   *
   * @return unix seconds
   */
  public long expiresAt() {
    return expiresAt;
  }

  /**
   * Your own order id.
   *
   * @return null where none was given
   */
  public @Nullable String requestId() {
    return requestId;
  }

  /**
   * The status it ends with. Completes after the last callback; fails only when nothing more can be
   * learned, with an {@link cc.getportal.error.AuthException} or {@link
   * cc.getportal.error.NotFoundException}, or when the SDK is closed. It is followed from the first
   * call on, if it was not yet.
   *
   * @return a future of your own: cancelling it ends your waiting, not the payment
   */
  public CompletableFuture<PaymentStatus.End> done() {
    return outcome.future().thenApply(PaymentStatus.End.class::cast);
  }

  /**
   * Its statuses, each once, in order, from the first to the end, through cuts and restarts. Each
   * subscriber gets all of them, whenever it begins, over a connection of its own.
   *
   * @return completes after the end; late money is not told here, but in {@link PortalSDK#events}
   */
  public Flow.Publisher<PaymentStatus> statuses() {
    return follower.stream(streamId, PaymentStatus.class, PaymentStatus.End.class::isInstance);
  }

  /**
   * Ends it with {@code error} and {@code cancelled}. Safe to repeat.
   *
   * @return fails with a {@link cc.getportal.error.ConflictException} ({@code payment_ended}) when
   *     it has ended otherwise
   */
  public CompletableFuture<PaymentDetails> cancel() {
    return decide(follower.http(), "/payments/%s/cancel", id);
  }

  /**
   * Takes what is {@code held}, for a payment asked for with manual capture: it is {@code paid}.
   * Safe to repeat.
   *
   * @return fails with a {@link cc.getportal.error.ConflictException} when nothing is held, and a
   *     {@link cc.getportal.error.ServerException} when the node did not say that it took it: try
   *     again before {@code captureBefore}
   */
  public CompletableFuture<PaymentDetails> capture() {
    return decide(follower.http(), "/payments/%s/capture", id);
  }

  static CompletableFuture<PaymentDetails> decide(Http http, String path, String paymentId) {
    HttpRequest request = http.post(Http.path(path, paymentId), new JsonObject(), null);
    return http.call(request, text -> Json.read(Json.parse(text), PaymentDetails.class));
  }

  /**
   * The invoice, then the payment's id.
   *
   * @return for people to read
   */
  @Override
  public String toString() {
    return "%s (payment %s)".formatted(invoice == null ? "no invoice yet" : invoice, id);
  }
}
