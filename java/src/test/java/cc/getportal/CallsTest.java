package cc.getportal;

import static cc.getportal.Setting.APPROVED;
import static cc.getportal.Setting.ORDER;
import static cc.getportal.Setting.PAID;
import static cc.getportal.Setting.PAID_STATUS;
import static cc.getportal.Setting.USER;
import static cc.getportal.Setting.get;
import static cc.getportal.Setting.until;
import static cc.getportal.Setting.words;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cc.getportal.command.request.AuthenticateKeyRequest;
import cc.getportal.command.request.KeyHandshakeUrlRequest;
import cc.getportal.command.request.RequestInvoicePaymentRequest;
import cc.getportal.command.request.RequestSinglePaymentRequest;
import cc.getportal.error.AuthException;
import cc.getportal.error.ConnectionException;
import cc.getportal.error.PortalException;
import cc.getportal.model.AuthenticationEvent;
import cc.getportal.model.Currency;
import cc.getportal.model.InvoicePaymentRequestContent;
import cc.getportal.model.KeyHandshakeEvent;
import cc.getportal.model.PaymentFilter;
import cc.getportal.model.PaymentStatus;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** The SDK as a merchant's code uses it. */
class CallsTest {
  private static final String SCAN =
      "{\"main_key\":\"%s\",\"preferred_relays\":[],\"client_info\":{\"name\":\"w\",\"version\":\"1\"}}"
          .formatted("ab".repeat(32));

  @Test
  void a_command_calls_back_with_its_answer_and_then_with_each_status() throws Exception {
    try (var setting = new Setting()) {
      var told = new CopyOnWriteArrayList<PaymentStatus>();
      var answer = new CompletableFuture<Payment>();
      setting.sdk.sendCommand(
          new RequestSinglePaymentRequest(USER, List.of(), ORDER, told::add),
          (payment, error) -> {
            assertNull(error);
            answer.complete(payment);
          });
      Payment payment = get(answer);
      assertTrue(String.valueOf(payment).startsWith("lnbcrt1fake (payment p-"));
      setting.daemon.tell(payment.streamId(), APPROVED);
      setting.daemon.tell(payment.streamId(), PAID);
      until(() -> told.size() == 2);
      assertEquals("user_approved paid", words(told));
    }
  }

  @Test
  void a_command_that_fails_calls_back_with_the_exception_itself() throws Exception {
    try (var setting = new Setting()) {
      setting.daemon.intercept =
          exchange -> {
            FakeDaemon.refuse(exchange, 401, "unauthorized");
            return true;
          };
      var failure = new CompletableFuture<PortalException>();
      setting.sdk.sendCommand(
          sdk -> sdk.getPayment("p-1"),
          (payment, error) -> {
            assertNull(payment);
            failure.complete(error);
          });
      assertInstanceOf(AuthException.class, get(failure));
      assertEquals("unauthorized", get(failure).code());
      assertEquals(401, get(failure).status());
    }
  }

  @Test
  void what_the_callback_of_a_command_throws_goes_to_onError() throws Exception {
    try (var setting = new Setting()) {
      var thrown = new IllegalStateException("mine");
      setting.sdk.sendCommand(
          sdk -> sdk.getPayment("p-1"),
          (payment, error) -> {
            throw thrown;
          });
      until(() -> setting.errors.size() == 1);
      assertSame(thrown, setting.errors.get(0));
    }
  }

  @Test
  void every_command_goes_where_the_api_has_it() throws Exception {
    try (var setting = new Setting()) {
      PortalSDK sdk = setting.sdk;
      var bill = new InvoicePaymentRequestContent("Water", 1_000L, Currency.MILLISATS, "lnbc…");
      var order = bill.withRequestId("o").withExpiresAt(9);
      var invoice =
          new RequestInvoicePaymentRequest(
              USER, List.of(), order.withMetadata(Map.of("a", 1)), null);
      get(sdk.sendCommand(invoice));
      get(sdk.sendCommand(new KeyHandshakeUrlRequest(null)));
      sdk.sendCommand(new AuthenticateKeyRequest(USER, List.of()));
      until(() -> setting.daemon.arrivals("POST /authenticate-key") == 1);
      // The fake daemon answers that wrongly, and it is said.
      for (var answer : List.of(sdk.listPayments(PaymentFilter.ALL))) {
        var failure = assertThrows(ExecutionException.class, () -> get(answer));
        assertEquals("invalid_answer", PortalException.of(failure.getCause()).code());
      }
      var lines = setting.daemon.arrivals.stream().map(FakeDaemon.Arrival::line).toList();
      var expected =
          List.of(
              "POST /payments/invoice",
              "POST /key-handshake",
              "POST /authenticate-key",
              "GET /payments");
      assertEquals(expected, lines);
      String body = setting.daemon.arrivals.get(0).body();
      assertEquals(
          "{\"description\":\"Water\",\"amount\":1000,\"currency\":\"millisats\",\"invoice\":\"lnbc…\","
              + "\"expires_at\":9,\"request_id\":\"o\",\"metadata\":{\"a\":1},"
              + "\"main_key\":\""
              + USER
              + "\",\"subkeys\":[]}",
          body);
    }
  }

  @Test
  void requests_without_a_key_are_two_and_with_the_same_key_one() throws Exception {
    try (var setting = new Setting()) {
      Payment one = get(setting.sdk.requestSinglePayment(USER, List.of(), ORDER));
      Payment two = get(setting.sdk.requestSinglePayment(USER, List.of(), ORDER));
      assertNotEquals(one.id(), two.id());
      PortalRequest<Payment> keyed =
          sdk -> sdk.requestSinglePayment(USER, List.of(), ORDER, null, "order-1");
      String first = get(setting.sdk.sendCommand(keyed)).id();
      assertEquals(first, get(setting.sdk.sendCommand(keyed)).id());
      assertTrue(setting.daemon.arrivals.get(0).key().matches("[0-9a-f-]{36}"));
    }
  }

  @Test
  void a_payment_nobody_listens_to_costs_no_connection() throws Exception {
    try (var setting = new Setting()) {
      Payment payment = get(setting.sdk.requestSinglePayment(USER, List.of(), ORDER));
      get(setting.sdk.getPayment(payment.id()));
      assertEquals(2, setting.daemon.arrivals.size());
      setting.daemon.tell(payment.streamId(), PAID);
      assertEquals(PAID_STATUS, get(payment.done()));
    }
  }

  @Test
  void after_a_restart_of_the_caller_a_payment_is_followed_again_from_its_first_status()
      throws Exception {
    try (var setting = new Setting()) {
      Payment payment = get(setting.sdk.requestSinglePayment(USER, List.of(), ORDER));
      setting.daemon.tell(payment.streamId(), APPROVED);
      var told = new CopyOnWriteArrayList<PaymentStatus>();
      Payment resumed = get(setting.sdk.resumePayment(payment.id(), told::add));
      assertEquals(payment.streamId(), resumed.streamId());
      assertEquals("order-1", resumed.requestId());
      setting.daemon.tell(payment.streamId(), PAID);
      get(resumed.done());
      assertEquals("user_approved paid", words(told));
    }
  }

  @Test
  void a_static_handshake_tells_scan_after_scan_until_it_is_closed() throws Exception {
    try (var setting = new Setting()) {
      var scans = new CopyOnWriteArrayList<KeyHandshakeEvent>();
      KeyHandshake handshake = get(setting.sdk.keyHandshake("desk-1", null, scans::add));
      for (int i = 0; i < 3; i += 1) setting.daemon.tell(handshake.streamId(), SCAN);
      until(() -> scans.size() == 3);
      setting.daemon.intercept =
          exchange -> {
            if (!exchange.getRequestMethod().equals("DELETE")) return false;
            FakeDaemon.answer(exchange, 204, "text/plain", "");
            setting.daemon.tell(handshake.streamId(), "{\"status\":\"closed\"}");
            return true;
          };
      get(handshake.close());
      assertEquals("closed", get(handshake.done()).status());
      setting.daemon.intercept =
          exchange -> {
            FakeDaemon.refuse(exchange, 404, "not_found");
            return true;
          };
      get(handshake.close());
    }
  }

  @Test
  void an_authentication_completes_with_its_outcome() throws Exception {
    try (var setting = new Setting()) {
      var outcome = setting.sdk.authenticateKey(USER, List.of());
      until(() -> setting.daemon.readers() == 1);
      String stream = setting.daemon.streams().get(0);
      setting.daemon.tell(stream, "{\"status\":\"declined\",\"reason\":\"not now\"}");
      assertEquals(new AuthenticationEvent("declined", null, null, false, "not now"), get(outcome));
    }
  }

  @Test
  void a_cancelled_or_timed_out_future_ends_its_call() throws Exception {
    try (var setting = new Setting()) {
      setting.daemon.intercept =
          exchange -> {
            FakeDaemon.refuse(exchange, 503, "unavailable");
            return true;
          };
      var cancelled = setting.sdk.getPayment("p-1");
      until(() -> !setting.daemon.arrivals.isEmpty());
      cancelled.cancel(true);
      var late = setting.sdk.getPayment("p-2").orTimeout(1, TimeUnit.MILLISECONDS);
      assertThrows(ExecutionException.class, () -> get(late));
      Thread.sleep(100);
      int arrived = setting.daemon.arrivals.size();
      Thread.sleep(300);
      assertEquals(arrived, setting.daemon.arrivals.size());
    }
  }

  @Test
  void cancelling_ones_waiting_for_the_end_harms_nobody_elses() throws Exception {
    try (var setting = new Setting()) {
      Payment payment = get(setting.sdk.requestSinglePayment(USER, List.of(), ORDER));
      payment.done().cancel(true);
      setting.daemon.tell(payment.streamId(), PAID);
      assertEquals(PAID_STATUS, get(payment.done()));
    }
  }

  @Test
  void a_call_is_given_up_in_time() throws Exception {
    var limit = Duration.ofMillis(200);
    try (var setting = new Setting(Setting.impatient(), builder -> builder.timeout(limit))) {
      setting.daemon.intercept = exchange -> true;
      var failure = assertThrows(ExecutionException.class, () -> get(setting.sdk.info()));
      assertEquals("timed_out", ((ConnectionException) failure.getCause()).code());
    }
  }

  @Test
  void await_throws_the_exception_itself() throws Exception {
    try (var setting = new Setting()) {
      setting.daemon.intercept =
          exchange -> {
            FakeDaemon.refuse(exchange, 403, "forbidden");
            return true;
          };
      var failure = assertThrows(AuthException.class, () -> PortalSDK.await(setting.sdk.info()));
      assertEquals("forbidden", failure.code());
      assertEquals("Because. (GET /info: 403 forbidden)", failure.getMessage());
    }
  }

  @Test
  void an_interrupted_wait_ends_and_so_does_its_call() throws Exception {
    try (var setting = new Setting()) {
      setting.daemon.intercept = exchange -> true;
      var call = setting.sdk.info();
      var thrown = new AtomicReference<Throwable>();
      var waiting =
          new Thread(
              () -> {
                try {
                  PortalSDK.await(call);
                } catch (InterruptedException interrupted) {
                  thrown.set(interrupted);
                }
              });
      waiting.start();
      until(() -> setting.daemon.arrivals.size() == 1);
      waiting.interrupt();
      waiting.join();
      assertInstanceOf(InterruptedException.class, thrown.get());
      assertTrue(call.isCancelled());
    }
  }

  @Test
  void a_client_and_an_executor_of_the_callers_are_used() throws Exception {
    var client = HttpClient.newHttpClient();
    var executor = Executors.newSingleThreadExecutor(task -> new Thread(task, "mine"));
    try (var setting =
        new Setting(
            Setting.impatient(), builder -> builder.httpClient(client).executor(executor))) {
      var names = new CopyOnWriteArrayList<String>();
      Payment payment =
          get(
              setting.sdk.requestSinglePayment(
                  USER,
                  List.of(),
                  ORDER,
                  status -> names.add(Thread.currentThread().getName()),
                  null));
      setting.daemon.tell(payment.streamId(), PAID);
      get(payment.done());
      assertEquals(List.of("mine"), names);
      assertFalse(executor.isShutdown());
    } finally {
      executor.shutdown();
    }
  }

  @Test
  void an_executor_that_was_shut_down_loses_no_answer() throws Exception {
    var executor = Executors.newSingleThreadExecutor();
    executor.shutdown();
    try (var setting = new Setting(Setting.impatient(), builder -> builder.executor(executor))) {
      assertEquals("p-1", get(setting.sdk.getPayment("p-1")).paymentId());
    }
  }

  @Test
  void no_java_http2_upgrade_is_offered() throws Exception {
    try (var setting = new Setting()) {
      var upgrade = new CompletableFuture<List<String>>();
      setting.daemon.intercept =
          exchange -> {
            upgrade.complete(exchange.getRequestHeaders().getOrDefault("upgrade", List.of()));
            return false;
          };
      get(setting.sdk.getPayment("p-1"));
      assertEquals(List.of(), get(upgrade));
    }
  }

  @Test
  void settings_that_cannot_work_are_refused_without_repeating_the_token() {
    for (String url :
        List.of(
            "",
            "127.0.0.1:3000",
            "ftp://x",
            "http://",
            "http://u:p@h",
            "http://h?a",
            "http://h#a")) {
      assertThrows(IllegalArgumentException.class, () -> new PortalSDK(url, "token"), url);
    }
    for (String token : List.of("", "secret ", "secret\n", "sécret")) {
      var refused =
          assertThrows(
              IllegalArgumentException.class, () -> new PortalSDK("http://h", token), token);
      assertFalse(refused.getMessage().contains("cret"), refused.getMessage());
    }
    assertThrows(
        IllegalArgumentException.class,
        () -> PortalSDK.builder("http://h", "token").timeout(Duration.ZERO));
  }

  @Test
  void nobody_there_is_said_with_where_and_why_and_without_the_token() throws Exception {
    try (var setting = new Setting()) {
      setting.daemon.down();
      var failure =
          assertThrows(ConnectionException.class, () -> PortalSDK.await(setting.sdk.info()));
      assertEquals("connection_failed", failure.code());
      String message = failure.getMessage();
      String where = "GET /info: no connection to " + setting.daemon.url() + ": ";
      assertTrue(message.startsWith(where), message);
      for (Throwable at = failure; at != null; at = at.getCause()) {
        assertFalse(String.valueOf(at).contains(FakeDaemon.TOKEN));
      }
      setting.daemon.up();
    }
  }
}
