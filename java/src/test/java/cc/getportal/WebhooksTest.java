package cc.getportal;

import static cc.getportal.Vectors.string;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import cc.getportal.error.WebhookException;
import cc.getportal.model.WebhookEvent;
import com.google.gson.Gson;
import com.google.gson.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Webhooks against Standard Webhooks' vectors and ours. */
class WebhooksTest {
  @TestFactory
  Stream<DynamicTest> a_webhook_is_believed_only_when_its_signature_holds() {
    return Vectors.cases("webhooks.json", "cases")
        .map(c -> DynamicTest.dynamicTest(string(c, "name"), () -> check(c)));
  }

  private static void check(JsonObject c) {
    byte[] body = string(c, "body").getBytes(StandardCharsets.UTF_8);
    JsonObject headers = c.getAsJsonObject("headers");
    UnaryOperator<String> header = name -> string(headers, name);
    var clock = Clock.fixed(Instant.ofEpochSecond(c.get("now").getAsLong()), ZoneOffset.UTC);
    String[] secrets = new Gson().fromJson(c.get("secrets"), String[].class);
    if (c.has("error")) {
      var refused =
          assertThrows(WebhookException.class, () -> Webhooks.verify(body, header, clock, secrets));
      assertEquals(string(c, "error"), refused.code());
      return;
    }
    JsonObject expected = c.getAsJsonObject("event");
    WebhookEvent event = Webhooks.verify(body, header, clock, secrets);
    assertEquals(string(expected, "type"), event.type());
    assertEquals(expected.has("position"), event.data() != null);
    if (event.data() == null) return;
    assertEquals(expected.get("position").getAsLong(), event.data().position());
    assertEquals(string(expected, "status"), event.data().data().status());
  }

  @Test
  void the_signature_for_tests_is_the_one_of_the_standard() {
    byte[] body = "{\"test\": 2432232314}".getBytes(StandardCharsets.UTF_8);
    String secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    assertEquals(
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        Webhooks.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body, secret));
  }

  @Test
  void a_secret_that_is_none_is_not_repeated() {
    var refused =
        assertThrows(
            WebhookException.class, () -> Webhooks.sign("id", 1, new byte[0], "whsec_geh€im"));
    for (Throwable at = refused; at != null; at = at.getCause()) {
      assertFalse(String.valueOf(at).contains("geh"), at.toString());
    }
  }
}
