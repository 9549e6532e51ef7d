// A shop that asks one user for 10 sat: the sample of the page it all started from, in a runnable file.
//   java -cp portal-sdk-0.1.0.jar:gson-2.15.0.jar examples/Shop.java USER_PUBKEY
//                                            (with BASE_URL and AUTH_TOKEN in the environment)
import cc.getportal.PortalSDK;
import cc.getportal.command.request.RequestSinglePaymentRequest;
import cc.getportal.model.Currency;
import cc.getportal.model.SinglePaymentRequestContent;
import java.util.List;

public class Shop {
  public static void main(String[] args) {
    String baseUrl = System.getenv().getOrDefault("BASE_URL", "http://127.0.0.1:3000");
    String authToken = System.getenv().getOrDefault("AUTH_TOKEN", "");
    String userPubkey = args.length > 0 ? args[0] : "";

    var sdk = new PortalSDK(baseUrl, authToken);
    SinglePaymentRequestContent payment = new SinglePaymentRequestContent(
        "Premium - 1 month", 10_000L, Currency.MILLISATS, null, null
    );
    sdk.sendCommand(
        new RequestSinglePaymentRequest(
            userPubkey,
            List.of(),
            payment,
            (n) -> System.out.println("status: " + n.status())
        ),
        (res, err) -> {
          if (err != null) { System.err.println(err); return; }
          System.out.println("invoice: " + res);
        }
    );
    // The program ends by itself, once the payment has.
  }
}
