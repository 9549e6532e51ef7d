package cc.getportal;

import static cc.getportal.Setting.get;
import static cc.getportal.Vectors.has;
import static cc.getportal.Vectors.string;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import cc.getportal.http.Json;
import cc.getportal.model.EventData;
import cc.getportal.model.FeedItem;
import cc.getportal.model.InvoicePaymentRequestContent;
import cc.getportal.model.PaymentFilter;
import cc.getportal.model.PaymentStatus;
import cc.getportal.model.SinglePaymentRequestContent;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Whole calls against the vectors that the TypeScript SDK runs too. */
class ConversationsTest {
  /** What a call came to: its result, and how it ended where there is an end. */
  private record Answer(JsonElement result, CompletableFuture<? extends EventData> done) {}

  @TestFactory
  Stream<DynamicTest> conversation() {
    return Vectors.cases("conversations.json", "cases")
        .map(c -> DynamicTest.dynamicTest(string(c, "name"), () -> run(c)));
  }

  private static void run(JsonObject c) throws Exception {
    var told = new CopyOnWriteArrayList<JsonElement>();
    try (var script = new Script(c.getAsJsonArray("exchanges"))) {
      var builder = PortalSDK.builder(script.url(), FakeDaemon.TOKEN).onError(error -> {});
      try (var sdk = new PortalSDK(builder, Setting.impatient())) {
        if (c.has("error")) {
          var failure = assertThrows(Exception.class, () -> call(sdk, c, told));
          Throwable error = failure instanceof ExecutionException ? failure.getCause() : failure;
          VectorsTest.assertError(error, c.getAsJsonObject("error"));
        } else {
          Answer answer = call(sdk, c, told);
          if (c.has("result")) assertEquals(c.get("result"), answer.result);
          assertEnd(c, answer.done);
        }
      }
      script.assertAllAsked();
    }
    if (c.has("told")) {
      var heard = new JsonArray();
      told.forEach(heard::add);
      assertEquals(c.get("told"), heard);
    }
  }

  private static void assertEnd(JsonObject c, CompletableFuture<? extends EventData> done)
      throws Exception {
    if (c.has("done")) assertEquals(c.get("done"), Wire.json(get(done)));
    if (!c.has("done_error")) return;
    var failure = assertThrows(ExecutionException.class, () -> get(done));
    VectorsTest.assertError(failure.getCause(), c.getAsJsonObject("done_error"));
  }

  private static Answer call(PortalSDK sdk, JsonObject c, List<JsonElement> told) throws Exception {
    JsonObject call = c.getAsJsonObject("call");
    String user = string(call, "main_key");
    var subkeys = new ArrayList<String>();
    if (call.has("subkeys"))
      call.getAsJsonArray("subkeys").forEach(k -> subkeys.add(k.getAsString()));
    String id = string(call, "id");
    String key = string(call, "idempotency_key");
    Consumer<PaymentStatus> tell = status -> told.add(Wire.json(status));
    switch (string(call, "method")) {
      case "requestSinglePayment" -> {
        SinglePaymentRequestContent content =
            Json.read(call.get("content"), SinglePaymentRequestContent.class);
        return payment(get(sdk.requestSinglePayment(user, subkeys, content, tell, key)));
      }
      case "requestInvoicePayment" -> {
        InvoicePaymentRequestContent content =
            Json.read(call.get("content"), InvoicePaymentRequestContent.class);
        return payment(get(sdk.requestInvoicePayment(user, subkeys, content, tell, key)));
      }
      case "getPayment" -> {
        return new Answer(Wire.json(get(sdk.getPayment(id))), null);
      }
      case "listPayments" -> {
        return new Answer(Wire.json(get(sdk.listPayments(filter(call)))), null);
      }
      case "cancelPayment" -> {
        return new Answer(Wire.json(get(sdk.cancelPayment(id))), null);
      }
      case "capturePayment" -> {
        return new Answer(Wire.json(get(sdk.capturePayment(id))), null);
      }
      case "keyHandshake" -> {
        Boolean noRequest = has(call, "no_request") ? call.get("no_request").getAsBoolean() : null;
        KeyHandshake handshake =
            get(sdk.keyHandshake(string(call, "static_token"), noRequest, null));
        var result = new JsonObject();
        result.addProperty("stream_id", handshake.streamId());
        result.addProperty("url", handshake.url());
        return new Answer(result, handshake.done());
      }
      case "authenticateKey" -> {
        var end = sdk.authenticateKey(user, subkeys);
        return new Answer(c.get("result"), end);
      }
      case "events" -> {
        var feed = new Feed(call.get("take").getAsInt(), told);
        sdk.events(call.get("after").getAsLong()).subscribe(feed);
        get(feed.taken);
        return new Answer(null, null);
      }
      case "info" -> {
        return new Answer(Wire.json(get(sdk.info())), null);
      }
      case "ready" -> {
        return new Answer(Wire.json(get(sdk.ready())), null);
      }
      case "health" -> {
        get(sdk.health());
        return new Answer(c.get("result"), null);
      }
      default -> throw new AssertionError("no such method: " + call);
    }
  }

  private static Answer payment(Payment payment) {
    var result = new JsonObject();
    result.addProperty("id", payment.id());
    result.addProperty("stream_id", payment.streamId());
    result.addProperty("invoice", payment.invoice());
    result.addProperty("payment_hash", payment.paymentHash());
    result.addProperty("expires_at", payment.expiresAt());
    result.addProperty("request_id", payment.requestId());
    return new Answer(result, payment.done());
  }

  private static PaymentFilter filter(JsonObject call) {
    JsonObject given = call.getAsJsonObject("filter");
    PaymentFilter filter = PaymentFilter.ALL;
    if (given.size() == 0) return filter;
    return filter
        .status(string(given, "status"))
        .mainKey(string(given, "main_key"))
        .subscriptionId(string(given, "subscription_id"))
        .requestId(string(given, "request_id"))
        .late(given.get("late").getAsBoolean())
        .createdAfter(given.get("created_after").getAsLong())
        .createdBefore(given.get("created_before").getAsLong())
        .limit(given.get("limit").getAsInt())
        .cursor(string(given, "cursor"));
  }

  /** Takes so many, then wants no more. */
  private static final class Feed implements Flow.Subscriber<FeedItem> {
    final CompletableFuture<Void> taken = new CompletableFuture<>();
    final int wanted;
    final List<JsonElement> told;
    Flow.Subscription subscription;

    Feed(int wanted, List<JsonElement> told) {
      this.wanted = wanted;
      this.told = told;
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
      subscription = given;
      given.request(1);
    }

    @Override
    public void onNext(FeedItem item) {
      told.add(Wire.json(item));
      if (told.size() < wanted) subscription.request(1);
      else {
        subscription.cancel();
        taken.complete(null);
      }
    }

    @Override
    public void onError(Throwable error) {
      taken.completeExceptionally(error);
    }

    @Override
    public void onComplete() {
      taken.completeExceptionally(new AssertionError("the feed ended"));
    }
  }
}
