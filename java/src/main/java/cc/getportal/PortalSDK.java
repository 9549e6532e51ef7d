package cc.getportal;

import cc.getportal.error.ConnectionException;
import cc.getportal.error.InvalidRequestException;
import cc.getportal.error.PortalException;
import cc.getportal.follow.Follower;
import cc.getportal.http.Http;
import cc.getportal.http.Json;
import cc.getportal.http.World;
import cc.getportal.model.AuthenticationEvent;
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
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Talks to one Portal daemon. Make one and keep it; any number of threads may use it, platform or
 * virtual, and none of them is held while a payment is open.
 *
 * <pre>{@code
 * var sdk = new PortalSDK("http://127.0.0.1:3000", "my-secret-token");
 * var coffee =
 *     new SinglePaymentRequestContent("A coffee", 21_000L, Currency.MILLISATS, null, null);
 * Payment payment = PortalSDK.await(sdk.requestSinglePayment(user, List.of(), coffee));
 * PaymentStatus.End end = PortalSDK.await(payment.done());
 * if (end instanceof PaymentStatus.Paid paid) System.out.println(paid.preimage());
 * }</pre>
 *
 * <p>What it answers are futures that fail with a {@link PortalException}, one subclass per remedy;
 * an id or a key that cannot be sent is an {@link InvalidRequestException} at once. Cancelling a
 * future, or completing it yourself as {@code orTimeout} does, ends the call. What makes something
 * carries an idempotency key over all its tries, so that it never makes two.
 *
 * <p>As long as something is waited for, the program is kept alive; after that it ends by itself.
 * Closing is only needed to end sooner.
 */
public final class PortalSDK implements AutoCloseable {
  private final Http http;
  private final Follower follower;
  private final long timeoutMs;

  /**
   * With all settings left as they are.
   *
   * @param baseUrl where the daemon listens, such as {@code http://127.0.0.1:3000}
   * @param authToken the daemon's token; keep it on your server: whoever has it acts as you
   * @throws IllegalArgumentException when it could not work like that
   */
  public PortalSDK(String baseUrl, String authToken) {
    this(builder(baseUrl, authToken), new World());
  }

  PortalSDK(PortalSDKBuilder settings, World world) {
    this.http = settings.http(world);
    this.follower = new Follower(http, settings.onError);
    this.timeoutMs = settings.timeoutMs;
  }

  /**
   * An SDK with settings of your own.
   *
   * @param baseUrl where the daemon listens; a path before the API's own is kept
   * @param authToken the daemon's token
   * @return what to set them on
   * @throws IllegalArgumentException when it could not work like that
   */
  public static PortalSDKBuilder builder(String baseUrl, String authToken) {
    return new PortalSDKBuilder(baseUrl, authToken);
  }

  /**
   * Waits for a future and throws what it failed with as it is, a {@link PortalException} mostly.
   *
   * @param <T> what it completes with
   * @param future one of the SDK's, or made from one
   * @return what it completed with
   * @throws InterruptedException when the thread is interrupted; the future is then cancelled
   */
  public static <T> T await(CompletableFuture<T> future) throws InterruptedException {
    try {
      return future.get();
    } catch (InterruptedException interrupted) {
      future.cancel(true);
      throw interrupted;
    } catch (ExecutionException failed) {
      Throwable cause = failed.getCause();
      if (cause instanceof RuntimeException unchecked) throw unchecked;
      throw new CompletionException(cause);
    }
  }

  /**
   * Sends a command and calls back with its answer or its failure, the other one being null.
   *
   * @param <R> what it answers
   * @param request one of {@link cc.getportal.command.request}
   * @param callback called once
   */
  public <R> void sendCommand(
      PortalRequest<R> request,
      BiConsumer<? super @Nullable R, ? super @Nullable PortalException> callback) {
    CompletableFuture<R> sent;
    try {
      sent = sendCommand(request);
    } catch (PortalException refused) {
      sent = CompletableFuture.failedFuture(refused);
    }
    sent.whenComplete(
        (answer, failure) -> {
          try {
            callback.accept(answer, failure == null ? null : PortalException.of(failure));
          } catch (RuntimeException thrown) {
            follower.report(thrown);
          }
        });
  }

  /**
   * Sends a command.
   *
   * @param <R> what it answers
   * @param request one of {@link cc.getportal.command.request}
   * @return its answer
   */
  public <R> CompletableFuture<R> sendCommand(PortalRequest<R> request) {
    return request.sendTo(this);
  }

  /**
   * Asks a user for a payment to your Lightning node. Done once the daemon has taken the request;
   * from then on it ends in one of {@code paid}, {@code user_rejected}, {@code timeout}, {@code
   * error}, whatever crashes.
   *
   * @param mainKey the user's public key, 64 hex characters or npub
   * @param subkeys further keys of that user that are asked and may answer, at most 8
   * @param content what for, and how much
   * @return fails with a {@link cc.getportal.error.ConflictException} when its request id was used
   *     before for this user
   */
  public CompletableFuture<Payment> requestSinglePayment(
      String mainKey, List<String> subkeys, SinglePaymentRequestContent content) {
    return requestSinglePayment(mainKey, subkeys, content, null, null);
  }

  /**
   * The same, with somebody to tell and a key of your own.
   *
   * @param mainKey the user's public key, 64 hex characters or npub
   * @param subkeys further keys of that user that are asked and may answer, at most 8
   * @param content what for, and how much
   * @param onStatusChange gets each status once, in order, to the end, one after the other, through
   *     cuts and restarts
   * @param idempotencyKey 1 to 255 visible ASCII characters; the same key never makes a second
   *     request, whoever repeats it: give one you have stored if you may ask again after a crash
   * @return fails with a {@link cc.getportal.error.ConflictException} when its request id was used
   *     before for this user
   */
  public CompletableFuture<Payment> requestSinglePayment(
      String mainKey,
      List<String> subkeys,
      SinglePaymentRequestContent content,
      @Nullable Consumer<? super PaymentStatus> onStatusChange,
      @Nullable String idempotencyKey) {
    JsonObject body = addressed(Json.body(content), mainKey, subkeys);
    return pay("/payments/single", body, onStatusChange, idempotencyKey);
  }

  /**
   * Asks a user to pay somebody's BOLT11 invoice. If no proof came, it ends with {@code timeout}
   * and code {@code unproven}, which does not mean that no money moved.
   *
   * @param mainKey the user's public key, 64 hex characters or npub
   * @param subkeys further keys of that user that are asked and may answer, at most 8
   * @param content which invoice, and how much it names
   * @return fails with a {@link cc.getportal.error.ConflictException} while another payment with
   *     that payment hash is open, and once one was paid
   */
  public CompletableFuture<Payment> requestInvoicePayment(
      String mainKey, List<String> subkeys, InvoicePaymentRequestContent content) {
    return requestInvoicePayment(mainKey, subkeys, content, null, null);
  }

  /**
   * The same, with somebody to tell and a key of your own.
   *
   * @param mainKey the user's public key, 64 hex characters or npub
   * @param subkeys further keys of that user that are asked and may answer, at most 8
   * @param content which invoice, and how much it names
   * @param onStatusChange gets each status once, in order, to the end, one after the other
   * @param idempotencyKey as with a single payment
   * @return fails with a {@link cc.getportal.error.ConflictException} while another payment with
   *     that payment hash is open, and once one was paid
   */
  public CompletableFuture<Payment> requestInvoicePayment(
      String mainKey,
      List<String> subkeys,
      InvoicePaymentRequestContent content,
      @Nullable Consumer<? super PaymentStatus> onStatusChange,
      @Nullable String idempotencyKey) {
    JsonObject body = addressed(Json.body(content), mainKey, subkeys);
    return pay("/payments/invoice", body, onStatusChange, idempotencyKey);
  }

  /**
   * Follows a payment again, as after a restart of your program: every status from the first on is
   * told again.
   *
   * @param paymentId its id, from {@link Payment#id} or a look-up
   * @param onStatusChange gets each status once, in order, to the end, one after the other
   * @return fails with a {@link cc.getportal.error.NotFoundException} when there is none
   */
  public CompletableFuture<Payment> resumePayment(
      String paymentId, @Nullable Consumer<? super PaymentStatus> onStatusChange) {
    return look(
        paymentId,
        text -> {
          JsonObject found = Json.parse(text);
          String requestId = Json.stringOrNull(found, "request_id");
          return new Payment(follower, found, requestId, onStatusChange);
        });
  }

  /**
   * A payment as it is now, late money included.
   *
   * @param paymentId its id, from {@link Payment#id}
   * @return fails with a {@link cc.getportal.error.NotFoundException} when there is none
   */
  public CompletableFuture<PaymentDetails> getPayment(String paymentId) {
    return look(paymentId, reader(PaymentDetails.class, "payment_id"));
  }

  /**
   * A page of payments, newest first; the next one is {@code filter.cursor(page.nextCursor())}.
   *
   * @param filter which ones
   * @return with its cursor
   */
  public CompletableFuture<PaymentList> listPayments(PaymentFilter filter) {
    return http.call(
        http.get("/payments".concat(filter.query())), reader(PaymentList.class, "payments"));
  }

  /**
   * Ends a payment with {@code error} and {@code cancelled}. Safe to repeat.
   *
   * @param paymentId its id, from {@link Payment#id} or a look-up
   * @return fails with a {@link cc.getportal.error.ConflictException} ({@code payment_ended}) when
   *     it has ended otherwise
   */
  public CompletableFuture<PaymentDetails> cancelPayment(String paymentId) {
    return Payment.decide(http, "/payments/%s/cancel", paymentId);
  }

  /**
   * Takes what is {@code held}, for a payment asked for with manual capture. Safe to repeat.
   *
   * @param paymentId its id, from {@link Payment#id} or a look-up
   * @return fails with a {@link cc.getportal.error.ConflictException} when nothing is held
   */
  public CompletableFuture<PaymentDetails> capturePayment(String paymentId) {
    return Payment.decide(http, "/payments/%s/capture", paymentId);
  }

  /**
   * A URL for one user to open in their wallet within 300 s, which then tells you the user's key.
   *
   * @return with the URL
   */
  public CompletableFuture<KeyHandshake> keyHandshake() {
    return keyHandshake(null, null, null);
  }

  /**
   * The same, or with a token of your own (a printed code) for any number of users, until it is
   * closed; the same token is the same handshake.
   *
   * @param staticToken 1 to 128 of {@code A-Z a-z 0-9 . _ ~ = -}; null for a single use
   * @param noRequest tells the wallet that no request will follow
   * @param onEvent gets each scan, and its end if nobody scans or you close it; once, in order,
   *     from the first on
   * @return with the URL
   */
  public CompletableFuture<KeyHandshake> keyHandshake(
      @Nullable String staticToken,
      @Nullable Boolean noRequest,
      @Nullable Consumer<? super KeyHandshakeEvent> onEvent) {
    var body = new JsonObject();
    if (staticToken != null) body.addProperty("static_token", staticToken);
    if (noRequest != null) body.addProperty("no_request", noRequest);
    return create(
        "/key-handshake",
        body,
        null,
        created -> new KeyHandshake(follower, created, staticToken != null, onEvent));
  }

  /**
   * Asks a user to prove that a key is theirs: approve (with a session token), decline, or let 300
   * s pass.
   *
   * @param mainKey the user's public key, 64 hex characters or npub
   * @param subkeys further keys of that user that are asked and may answer, at most 8
   * @return how it ended
   */
  public CompletableFuture<AuthenticationEvent> authenticateKey(
      String mainKey, List<String> subkeys) {
    JsonObject body = addressed(new JsonObject(), mainKey, subkeys);
    return create("/authenticate-key", body, null, made -> Json.string(made, "stream_id"))
        .thenCompose(
            streamId -> {
              // It has one event.
              var events = follower.stream(streamId, AuthenticationEvent.class, event -> true);
              return new Outcome<>(events, null, follower).future();
            });
  }

  /**
   * The feed of all streams: every event of every payment, handshake and authentication, late money
   * included. Store its position when you have handled an event, and begin after it the next time.
   *
   * @param after the position of the last event already handled; 0 is the beginning
   * @return never ends by itself; each subscriber gets all, as fast as it asks for
   */
  public Flow.Publisher<FeedItem> events(long after) {
    return follower.feed(after);
  }

  /**
   * What the daemon is: its key, version, network and relays.
   *
   * @return as it is now
   */
  public CompletableFuture<Info> info() {
    return http.call(http.get("/info"), reader(Info.class, "npub"));
  }

  /**
   * Whether the daemon runs. One try.
   *
   * @return fails when it does not answer
   */
  public CompletableFuture<@Nullable Void> health() {
    return http.once(http.get("/health"), 0, timeoutMs, text -> null);
  }

  /**
   * Whether the daemon can do its work, and if not, what is missing. One try.
   *
   * @return fails when it does not answer
   */
  public CompletableFuture<Readiness> ready() {
    // Not being ready is an answer, too.
    return http.once(http.get("/ready"), 503, timeoutMs, reader(Readiness.class, "ready"));
  }

  /**
   * Ends all that is waited for: futures fail with {@link ConnectionException} and code {@code
   * closed}. Payments go on at the daemon. Does not wait; safe to repeat.
   */
  @Override
  public void close() {
    http.close();
  }

  private CompletableFuture<Payment> pay(
      String path,
      JsonObject body,
      @Nullable Consumer<? super PaymentStatus> onStatusChange,
      @Nullable String key) {
    String requestId = Json.stringOrNull(body, "request_id");
    return create(
        path, body, key, created -> new Payment(follower, created, requestId, onStatusChange));
  }

  /** A POST that makes something, under a key that stays over all its tries. */
  private <T> CompletableFuture<T> create(
      String path, JsonObject body, @Nullable String key, Function<JsonObject, T> made) {
    String given = key == null ? UUID.randomUUID().toString() : key;
    return http.call(http.post(path, body, given), text -> made.apply(Json.parse(text)));
  }

  private <T> CompletableFuture<T> look(String paymentId, Function<String, T> read) {
    return http.call(http.get(Http.path("/payments/%s", paymentId)), read);
  }

  /** Reads a record; an answer without {@code needed} is none of ours. */
  private static <T> Function<String, T> reader(Class<T> type, String needed) {
    return text -> {
      JsonObject json = Json.parse(text);
      if (!json.has(needed)) throw new JsonParseException("without ".concat(needed));
      return Json.read(json, type);
    };
  }

  private static JsonObject addressed(JsonObject body, String mainKey, List<String> subkeys) {
    body.addProperty("main_key", mainKey);
    body.add("subkeys", Json.tree(subkeys));
    return body;
  }
}
