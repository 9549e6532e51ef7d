package cc.getportal;

import static cc.getportal.Setting.get;
import static cc.getportal.Setting.until;
import static cc.getportal.Setting.words;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cc.getportal.error.AuthException;
import cc.getportal.error.ConflictException;
import cc.getportal.error.InvalidRequestException;
import cc.getportal.model.Currency;
import cc.getportal.model.FeedItem;
import cc.getportal.model.InvoicePaymentRequestContent;
import cc.getportal.model.PaymentDetails;
import cc.getportal.model.PaymentFilter;
import cc.getportal.model.PaymentStatus;
import cc.getportal.model.SinglePaymentRequestContent;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole path: a real daemon with its sandbox, and a user whose wallet does what a payment's
 * description says. {@code npm test} starts them and runs Maven.
 */
@EnabledIfEnvironmentVariable(
    named = "PORTAL_DOOR",
    matches = "http.*",
    disabledReason = "needs a daemon and a wallet: run npm test at the project's root")
class WholePathIT {
  private static final String URL = System.getenv("BASE_URL");
  private static final String TOKEN = System.getenv("AUTH_TOKEN");
  private static final String USER = System.getenv("PORTAL_USER");
  private static PortalSDK sdk;

  private final List<PaymentStatus> told = new CopyOnWriteArrayList<>();

  @BeforeAll
  static void open() {
    sdk = new PortalSDK(URL, TOKEN);
  }

  @AfterAll
  static void close() {
    sdk.close();
  }

  @Test
  void the_pages_sample_prints_its_invoice_and_its_statuses(@TempDir Path folder) throws Exception {
    String sample = Programs.sample().replace("user-pubkey-hex", USER);
    Path source = folder.resolve("Main.java");
    Files.writeString(source, Programs.sampleProgram(sample));
    assertPaid(Programs.java(Map.of(), "-cp", Programs.path(), source.toString()));
  }

  @Test
  void the_pages_sample_prints_what_is_wrong_with_its_stand_in_for_a_key(@TempDir Path folder)
      throws Exception {
    Path source = folder.resolve("Main.java");
    Files.writeString(source, Programs.sampleProgram(Programs.sample()));
    var ended = Programs.java(Map.of(), "-cp", Programs.path(), source.toString());
    String refusal = InvalidRequestException.class.getName() + ": ";
    assertTrue(ended.output().startsWith(refusal), ended.output());
    assertTrue(ended.output().contains("main_key"), ended.output());
  }

  @Test
  void the_shop_is_paid() throws Exception {
    String shop = Programs.SHOP.toString();
    assertPaid(Programs.java(Map.of(), "-cp", Programs.path(), shop, USER));
  }

  private static void assertPaid(Programs.Ended ended) {
    String output = ended.output();
    assertTrue(output.matches("(?s)(.*\n)?invoice: lnbcrt\\w+ \\(payment .*"), output);
    String statuses = output.replaceAll("(?m)^invoice: .*\n", "");
    assertEquals("status: user_approved\nstatus: paid\n", statuses);
    assertEquals(0, ended.code());
  }

  @Test
  void a_user_is_met_known_and_charged() throws Exception {
    KeyHandshake handshake = get(sdk.keyHandshake());
    door("/scan", handshake.url());
    assertEquals(USER, get(handshake.done()).mainKey());

    var authentication = get(sdk.authenticateKey(USER, List.of()));
    assertEquals("approved", authentication.status());
    assertTrue(authentication.sessionTokenValid());

    String order = UUID.randomUUID().toString();
    var content = content("approve").withRequestId(order).withMetadata(Map.of("seats", 2L));
    Payment payment = get(sdk.requestSinglePayment(USER, List.of(), content));
    assertProven(get(payment.done()), payment.paymentHash());

    PaymentDetails found = get(sdk.getPayment(payment.id()));
    assertEquals("paid", found.status());
    assertEquals(Map.of("seats", 2L), found.metadata());
    assertNotNull(found.paidAt());
    var list = get(sdk.listPayments(PaymentFilter.ALL.requestId(order).status("paid")));
    assertEquals(List.of(found), list.payments());

    var again = sdk.requestSinglePayment(USER, List.of(), content);
    assertThrows(ConflictException.class, () -> PortalSDK.await(again));
    assertThrows(ConflictException.class, () -> PortalSDK.await(payment.cancel()));
  }

  @Test
  void a_kill_of_the_daemon_in_mid_payment_loses_and_repeats_nothing() throws Exception {
    Payment payment =
        get(sdk.requestSinglePayment(USER, List.of(), content("wait"), told::add, null));
    until(() -> !door("/waiting", "").equals("0"));
    door("/restart", "");
    door("/approve", "");
    assertProven(get(payment.done()), payment.paymentHash());
    assertEquals("user_approved paid", words(told));
  }

  @Test
  void a_user_who_says_no_and_a_shop_that_changes_its_mind_are_told_as_ends() throws Exception {
    Payment refused = get(sdk.requestSinglePayment(USER, List.of(), content("reject")));
    assertEquals("user_rejected", get(refused.done()).status());

    Payment unanswered = get(sdk.requestSinglePayment(USER, List.of(), content("ignore")));
    assertEquals("cancelled", get(unanswered.cancel()).code());
    var end = assertInstanceOf(PaymentStatus.Unpaid.class, get(unanswered.done()));
    assertEquals("cancelled", end.code());
    Payment resumed = get(sdk.resumePayment(unanswered.id(), told::add));
    assertEquals(end, get(resumed.done()));
    assertEquals(List.of(end), told);
  }

  @Test
  void somebody_elses_invoice_is_paid_with_a_proof() throws Exception {
    String bill = door("/bill", "21000");
    var content = new InvoicePaymentRequestContent("a bill", 21_000L, Currency.MILLISATS, bill);
    Payment payment = get(sdk.requestInvoicePayment(USER, List.of(), content));
    assertProven(get(payment.done()), payment.paymentHash());
  }

  @Test
  void the_feed_tells_every_event_of_a_payment() throws Exception {
    Payment payment = get(sdk.requestSinglePayment(USER, List.of(), content("approve")));
    get(payment.done());
    var items = new Until(payment.id());
    sdk.events(0).subscribe(items);
    get(items.paid);
    assertEquals(List.of("user_approved", "paid"), items.words);
  }

  @Test
  void the_daemon_says_what_it_is_and_a_stranger_is_refused() throws Exception {
    get(sdk.health());
    assertTrue(get(sdk.info()).sandbox());
    assertTrue(get(sdk.ready()).store());
    try (var stranger = new PortalSDK(URL, "not-the-token-at-all")) {
      assertThrows(AuthException.class, () -> PortalSDK.await(stranger.info()));
    }
  }

  private static SinglePaymentRequestContent content(String whatTheUserDoes) {
    return new SinglePaymentRequestContent(
        whatTheUserDoes, 10_000L, Currency.MILLISATS, null, null);
  }

  private static void assertProven(PaymentStatus.End end, String paymentHash) throws Exception {
    var paid = assertInstanceOf(PaymentStatus.Paid.class, end);
    byte[] preimage = HexFormat.of().parseHex(paid.preimage());
    byte[] hash = MessageDigest.getInstance("SHA-256").digest(preimage);
    assertEquals(paymentHash, HexFormat.of().formatHex(hash));
  }

  /** Asks whoever started the daemon and the wallet. */
  private static String door(String path, String body) {
    var request =
        HttpRequest.newBuilder(URI.create(System.getenv("PORTAL_DOOR") + path))
            .version(HttpClient.Version.HTTP_1_1)
            .POST(HttpRequest.BodyPublishers.ofString(body));
    var answer = HttpClient.newHttpClient().sendAsync(request.build(), BodyHandlers.ofString());
    assertEquals(200, answer.join().statusCode(), answer.join().body());
    return answer.join().body();
  }

  /** Reads the feed until a payment is paid. */
  private static final class Until implements Flow.Subscriber<FeedItem> {
    final List<String> words = new CopyOnWriteArrayList<>();
    final CompletableFuture<Void> paid = new CompletableFuture<>();
    private final String paymentId;
    private Flow.Subscription subscription;

    Until(String paymentId) {
      this.paymentId = paymentId;
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
      subscription = given;
      given.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(FeedItem item) {
      if (!paymentId.equals(item.paymentId())) return;
      words.add(item.data().status());
      if (!(item.data() instanceof PaymentStatus.Paid)) return;
      subscription.cancel();
      paid.complete(null);
    }

    @Override
    public void onError(Throwable error) {
      paid.completeExceptionally(error);
    }

    @Override
    public void onComplete() {}
  }
}
