package cc.getportal;

import cc.getportal.http.Json;
import cc.getportal.model.AuthenticationEvent;
import cc.getportal.model.EventData;
import cc.getportal.model.FeedItem;
import cc.getportal.model.PaymentDetails;
import cc.getportal.model.PaymentList;
import cc.getportal.model.PaymentStatus;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;

/** What the SDK made of an answer, as the API would write it: nothing may be lost on the way. */
final class Wire {
  private Wire() {}

  static JsonElement json(Object value) {
    JsonElement tree = Json.tree(value);
    if (value instanceof PaymentDetails) {
      // Only in the answer to a cancellation.
      JsonElement cancelled = tree.getAsJsonObject().get("invoice_cancelled");
      if (cancelled.isJsonNull()) tree.getAsJsonObject().remove("invoice_cancelled");
    }
    if (value instanceof PaymentList list) {
      var payments = new JsonArray();
      list.payments().forEach(payment -> payments.add(json(payment)));
      tree.getAsJsonObject().add("payments", payments);
    }
    if (value instanceof FeedItem item) tree.getAsJsonObject().add("data", event(item.data()));
    return value instanceof EventData data ? event(data) : tree;
  }

  private static JsonObject event(EventData data) {
    var json = new JsonObject();
    if (data.status() != null) json.addProperty("status", data.status());
    for (var field : Json.tree(data).getAsJsonObject().entrySet()) {
      // Of one record for several kinds of event, what is of other kinds is null.
      boolean another = field.getValue().isJsonNull() && !(data instanceof PaymentStatus.Paid);
      if (!another) json.add(field.getKey(), field.getValue());
    }
    // Present only where they may be true.
    if (data instanceof PaymentStatus.Paid paid && !paid.late()) json.remove("late");
    boolean approved = "approved".equals(data.status());
    if (data instanceof AuthenticationEvent && !approved) json.remove("session_token_valid");
    return json;
  }
}
