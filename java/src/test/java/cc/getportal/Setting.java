package cc.getportal;

import cc.getportal.http.World;
import cc.getportal.model.Currency;
import cc.getportal.model.PaymentStatus;
import cc.getportal.model.SinglePaymentRequestContent;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;

/** What most tests begin with: a daemon, and an SDK that does not wait long. */
final class Setting implements AutoCloseable {
  static final String USER = "npub10elfcs4fr0l0r8af98jlmgdh9c8tcxjvz9qkw038js35mp4dma8qzvjptg";
  static final SinglePaymentRequestContent ORDER =
      new SinglePaymentRequestContent("Premium - 1 month", 10_000L, Currency.MILLISATS, null, null);
  static final String APPROVED = "{\"status\":\"user_approved\"}";
  static final String FAILED = "{\"status\":\"user_failed\",\"reason\":\"no route\"}";
  static final String PAID = "{\"status\":\"paid\",\"preimage\":\"%s\"}".formatted("11".repeat(32));
  static final PaymentStatus PAID_STATUS = new PaymentStatus.Paid("11".repeat(32), false);

  final FakeDaemon daemon = new FakeDaemon();
  final List<Throwable> errors = new CopyOnWriteArrayList<>();
  final PortalSDK sdk;

  Setting() {
    this(impatient(), builder -> builder);
  }

  Setting(World world, UnaryOperator<PortalSDKBuilder> more) {
    var builder = PortalSDK.builder(daemon.url(), FakeDaemon.TOKEN).onError(errors::add);
    sdk = new PortalSDK(more.apply(builder), world);
  }

  @Override
  public void close() {
    sdk.close();
    daemon.close();
  }

  /**
   * The real world, but for pauses between tries: those are over fifty times as soon. Limits, from
   * 5 s on, are as they are, so that a slow machine fails no test.
   */
  static World impatient() {
    return world(1, 50);
  }

  /** The real world with all time running ten times as fast, to see limits come. */
  static World hurried() {
    return world(10, 10);
  }

  private static World world(long clock, long pauses) {
    return new World() {
      private final long startMs = super.nowMs();

      @Override
      public long nowMs() {
        return startMs + (super.nowMs() - startMs) * clock;
      }

      @Override
      public Runnable timer(long ms, Runnable fire) {
        return super.timer(ms < 5_000 ? ms / pauses : ms / clock, fire);
      }
    };
  }

  static <T> T get(CompletableFuture<T> future) throws Exception {
    return future.get(60, TimeUnit.SECONDS);
  }

  static void until(BooleanSupplier condition) throws InterruptedException {
    long endMs = System.currentTimeMillis() + 60_000;
    while (!condition.getAsBoolean()) {
      if (System.currentTimeMillis() > endMs) throw new AssertionError("it never came true");
      Thread.sleep(5);
    }
  }

  static String words(List<? extends PaymentStatus> statuses) {
    return String.join(" ", statuses.stream().map(PaymentStatus::status).toList());
  }
}
