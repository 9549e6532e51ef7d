package cc.getportal;

import static cc.getportal.Setting.APPROVED;
import static cc.getportal.Setting.FAILED;
import static cc.getportal.Setting.ORDER;
import static cc.getportal.Setting.PAID;
import static cc.getportal.Setting.PAID_STATUS;
import static cc.getportal.Setting.USER;
import static cc.getportal.Setting.get;
import static cc.getportal.Setting.until;
import static cc.getportal.Setting.words;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cc.getportal.error.AuthException;
import cc.getportal.error.ConnectionException;
import cc.getportal.model.PaymentStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A payment's statuses, told through everything that can go wrong on their way. */
class FollowingTest {
  private final List<PaymentStatus> told = new CopyOnWriteArrayList<>();

  private static Payment request(PortalSDK sdk, Consumer<PaymentStatus> each) throws Exception {
    return get(sdk.requestSinglePayment(USER, List.of(), ORDER, each, null));
  }

  @Test
  void callback_publisher_and_done_tell_the_same_story() throws Exception {
    try (var setting = new Setting()) {
      Payment payment = request(setting.sdk, told::add);
      var early = new Collector(Long.MAX_VALUE);
      payment.statuses().subscribe(early);
      for (String status : List.of(APPROVED, FAILED, PAID)) {
        setting.daemon.tell(payment.streamId(), status);
      }
      assertEquals(PAID_STATUS, get(payment.done()));
      var late = new Collector(Long.MAX_VALUE);
      payment.statuses().subscribe(late);
      early.ended.await();
      late.ended.await();
      for (var heard : List.of(told, early.items, late.items)) {
        assertEquals("user_approved user_failed paid", words(heard));
      }
    }
  }

  @Test
  void restarts_of_the_daemon_in_mid_payment_lose_and_repeat_nothing() throws Exception {
    try (var setting = new Setting()) {
      Payment payment = request(setting.sdk, told::add);
      for (String status : List.of(APPROVED, FAILED, FAILED, PAID)) {
        until(() -> setting.daemon.readers() == 1);
        setting.daemon.down();
        setting.daemon.tell(payment.streamId(), status);
        setting.daemon.up();
      }
      get(payment.done());
      assertEquals("user_approved user_failed user_failed paid", words(told));
    }
  }

  @ParameterizedTest
  @EnumSource
  void each_status_comes_once_and_in_order_through_a_proxy(FakeDaemon.Mode mode) throws Exception {
    try (var setting = new Setting(Setting.hurried(), builder -> builder)) {
      setting.daemon.mode = mode;
      Payment payment = request(setting.sdk, told::add);
      for (String status : List.of(APPROVED, FAILED, PAID)) {
        int before = told.size();
        setting.daemon.tell(payment.streamId(), status);
        until(() -> told.size() > before);
      }
      get(payment.done());
      assertEquals("user_approved user_failed paid", words(told));
      long streams =
          setting.daemon.arrivals.stream()
              .filter(arrival -> "text/event-stream".equals(arrival.accept()))
              .count();
      if (mode == FakeDaemon.Mode.PASS || mode == FakeDaemon.Mode.BUFFER) {
        assertEquals(1, streams);
      }
    }
  }

  @Test
  void a_daemon_that_takes_a_stream_and_says_nothing_is_asked_again() throws Exception {
    try (var setting = new Setting(Setting.hurried(), builder -> builder)) {
      setting.daemon.intercept =
          exchange -> {
            if (!exchange.getRequestURI().getPath().startsWith("/events")) return false;
            setting.daemon.intercept = next -> false;
            return true;
          };
      Payment payment = request(setting.sdk, told::add);
      setting.daemon.tell(payment.streamId(), PAID);
      assertEquals(PAID_STATUS, get(payment.done()));
      assertEquals(2, setting.daemon.arrivals("GET /events/" + payment.streamId()));
    }
  }

  @Test
  void what_a_callback_throws_goes_to_onError_and_stops_nothing() throws Exception {
    try (var setting = new Setting()) {
      var thrown = new IllegalStateException("mine");
      Payment payment =
          request(
              setting.sdk,
              status -> {
                told.add(status);
                if (told.size() == 1) throw thrown;
              });
      for (String status : List.of(APPROVED, PAID)) {
        setting.daemon.tell(payment.streamId(), status);
      }
      assertEquals(PAID_STATUS, get(payment.done()));
      assertEquals("user_approved paid", words(told));
      assertEquals(List.of(thrown), setting.errors);
    }
  }

  @Test
  void a_callback_that_takes_its_time_gets_the_next_status_when_it_is_done() throws Exception {
    try (var setting = new Setting()) {
      var steps = new CopyOnWriteArrayList<String>();
      Payment payment =
          request(
              setting.sdk,
              status -> {
                steps.add(status.status() + " begins");
                // What it waits for needs the SDK's own threads.
                setting.sdk.getPayment("p-x").join();
                steps.add(status.status() + " ends");
              });
      for (String status : List.of(APPROVED, PAID)) {
        setting.daemon.tell(payment.streamId(), status);
      }
      payment.done().thenRun(() -> steps.add("done")).get();
      var expected =
          List.of("user_approved begins", "user_approved ends", "paid begins", "paid ends", "done");
      assertEquals(expected, steps);
    }
  }

  @Test
  void a_subscriber_gets_what_it_asks_for_and_no_more() throws Exception {
    try (var setting = new Setting()) {
      Payment payment = request(setting.sdk, null);
      for (String status : List.of(APPROVED, FAILED, PAID)) {
        setting.daemon.tell(payment.streamId(), status);
      }
      var slow = new Collector(0);
      payment.statuses().subscribe(slow);
      slow.begun.await();
      assertEquals(0, setting.daemon.arrivals("GET /events/" + payment.streamId()));
      for (int asked = 1; asked <= 3; asked += 1) {
        int wanted = asked;
        slow.subscription.request(1);
        until(() -> slow.items.size() == wanted);
      }
      slow.ended.await();
      assertEquals("user_approved user_failed paid", words(slow.items));
    }
  }

  @Test
  void a_subscriber_that_cancels_is_told_nothing_more_and_its_connection_ends() throws Exception {
    try (var setting = new Setting()) {
      Payment payment = request(setting.sdk, null);
      var collector = new Collector(Long.MAX_VALUE);
      payment.statuses().subscribe(collector);
      until(() -> setting.daemon.readers() == 1);
      collector.subscription.cancel();
      until(() -> setting.daemon.readers() == 0);
      setting.daemon.tell(payment.streamId(), PAID);
      assertEquals(PAID_STATUS, get(payment.done()));
      assertEquals(List.of(), collector.items);
    }
  }

  @Test
  void asking_for_nothing_is_an_error_of_the_subscriber() throws Exception {
    try (var setting = new Setting()) {
      Payment payment = request(setting.sdk, null);
      var collector = new Collector(0);
      payment.statuses().subscribe(collector);
      collector.begun.await();
      collector.subscription.request(0);
      collector.ended.await();
      assertInstanceOf(IllegalArgumentException.class, collector.error);
    }
  }

  @Test
  void a_stream_that_may_no_longer_be_read_fails_done_and_tells_onError() throws Exception {
    try (var setting = new Setting()) {
      Payment payment = request(setting.sdk, told::add);
      until(() -> setting.daemon.readers() == 1);
      setting.daemon.intercept =
          exchange -> {
            FakeDaemon.refuse(exchange, 401, "unauthorized");
            return true;
          };
      setting.daemon.down();
      setting.daemon.up();
      var failure = assertThrows(ExecutionException.class, () -> get(payment.done()));
      assertInstanceOf(AuthException.class, failure.getCause());
      until(() -> setting.errors.size() == 1);
      assertInstanceOf(AuthException.class, setting.errors.get(0));
    }
  }

  @Test
  void an_outage_that_lasts_is_reported_once_and_following_goes_on() throws Exception {
    try (var setting = new Setting()) {
      Payment payment = request(setting.sdk, told::add);
      until(() -> setting.daemon.readers() == 1);
      setting.daemon.down();
      until(() -> !setting.errors.isEmpty());
      setting.daemon.up();
      setting.daemon.tell(payment.streamId(), PAID);
      assertEquals(PAID_STATUS, get(payment.done()));
      assertEquals(1, setting.errors.size());
      assertInstanceOf(ConnectionException.class, setting.errors.get(0));
    }
  }

  @Test
  void closing_the_sdk_ends_what_is_waited_for_and_leaves_the_payment_alone() throws Exception {
    try (var setting = new Setting()) {
      Payment payment = request(setting.sdk, told::add);
      until(() -> setting.daemon.readers() == 1);
      setting.sdk.close();
      setting.sdk.close();
      var failure = assertThrows(ExecutionException.class, () -> get(payment.done()));
      assertEquals("closed", ((ConnectionException) failure.getCause()).code());
      until(() -> setting.daemon.readers() == 0);
      var refused = assertThrows(ExecutionException.class, () -> get(setting.sdk.info()));
      assertEquals("closed", ((ConnectionException) refused.getCause()).code());
    }
  }

  @Test
  void two_hundred_payments_at_once_are_all_told_in_order_through_a_restart() throws Exception {
    try (var setting = new Setting()) {
      var payments = new ArrayList<Payment>();
      var heard = new ArrayList<List<PaymentStatus>>();
      for (int i = 0; i < 200; i += 1) {
        List<PaymentStatus> statuses = new CopyOnWriteArrayList<>();
        heard.add(statuses);
        payments.add(request(setting.sdk, statuses::add));
      }
      for (Payment payment : payments) setting.daemon.tell(payment.streamId(), APPROVED);
      setting.daemon.down();
      setting.daemon.up();
      for (Payment payment : payments) setting.daemon.tell(payment.streamId(), PAID);
      for (Payment payment : payments) get(payment.done());
      for (var statuses : heard) assertEquals("user_approved paid", words(statuses));
      assertTrue(Thread.activeCount() < 40, "threads: " + Thread.activeCount());
    }
  }

  /** Asks for some at first, keeps what it is told. */
  private static final class Collector implements Flow.Subscriber<PaymentStatus> {
    final List<PaymentStatus> items = new CopyOnWriteArrayList<>();
    final CountDownLatch begun = new CountDownLatch(1);
    final CountDownLatch ended = new CountDownLatch(1);
    final long first;
    volatile Flow.Subscription subscription;
    volatile Throwable error;

    Collector(long first) {
      this.first = first;
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
      subscription = given;
      if (first > 0) given.request(first);
      begun.countDown();
    }

    @Override
    public void onNext(PaymentStatus item) {
      items.add(item);
    }

    @Override
    public void onError(Throwable thrown) {
      error = thrown;
      ended.countDown();
    }

    @Override
    public void onComplete() {
      ended.countDown();
    }
  }
}
