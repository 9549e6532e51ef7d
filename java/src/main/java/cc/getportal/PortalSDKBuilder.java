package cc.getportal;

import cc.getportal.http.Http;
import cc.getportal.http.World;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The settings of a {@link PortalSDK}; see {@link PortalSDK#builder}. */
public final class PortalSDKBuilder {
  private static final int CALLBACK_THREADS = 8;
  private static final int HTTP_THREADS = 4;
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

  final String baseUrl;
  final String authToken;
  long timeoutMs = 30_000;
  @Nullable Consumer<? super Throwable> onError = null;
  private @Nullable HttpClient client = null;
  private @Nullable Executor callbacks = null;

  PortalSDKBuilder(String baseUrl, String authToken) {
    this.baseUrl = checkBaseUrl(baseUrl);
    // Anything else ends up in an error message of the HTTP client, with the token in it.
    if (!authToken.matches("[\\x21-\\x7e]+")) {
      throw new IllegalArgumentException(
          "authToken must be the token alone, without spaces or line breaks");
    }
    this.authToken = authToken;
  }

  /**
   * For one call with all its retries.
   *
   * @param limit over 0; 30 s unless given
   * @return this
   */
  public PortalSDKBuilder timeout(Duration limit) {
    if (limit.isNegative() || limit.isZero()) {
      throw new IllegalArgumentException("timeout must be over 0");
    }
    timeoutMs = limit.toMillis();
    return this;
  }

  /**
   * A client of your own, for a proxy or for TLS settings. It should not follow redirects: it would
   * carry the token along.
   *
   * @param given stays yours: it is not closed with the SDK
   * @return this
   */
  public PortalSDKBuilder httpClient(HttpClient given) {
    client = given;
    return this;
  }

  /**
   * Where your callbacks and subscribers run, and futures complete. Unless given, on up to 8
   * threads that end when idle. A callback may block: that holds up its own payment and one thread.
   *
   * @param given such as {@code Executors.newVirtualThreadPerTaskExecutor()}; stays yours
   * @return this
   */
  public PortalSDKBuilder executor(Executor given) {
    callbacks = given;
    return this;
  }

  /**
   * Told what would otherwise be lost: what your callbacks throw, statuses that cannot be followed
   * any further, and (once per outage) a daemon that stays out of reach. Unless given, it is logged
   * as a warning of the logger {@code cc.getportal}.
   *
   * @param listener must not throw
   * @return this
   */
  public PortalSDKBuilder onError(Consumer<? super Throwable> listener) {
    onError = listener;
    return this;
  }

  /**
   * The SDK with these settings.
   *
   * @return it has sent nothing yet
   */
  public PortalSDK build() {
    return new PortalSDK(this, new World());
  }

  Http http(World world) {
    HttpClient connections = client == null ? newClient() : client;
    // Threads only as long as there is something to call.
    Executor own = World.workers("portal-callback", CALLBACK_THREADS, false);
    Executor given = callbacks == null ? own : callbacks;
    return new Http(baseUrl, authToken, connections, given, world, timeoutMs);
  }

  private static HttpClient newClient() {
    return HttpClient.newBuilder()
        .connectTimeout(CONNECT_TIMEOUT)
        .executor(World.workers("portal-http", HTTP_THREADS, true))
        .build();
  }

  private static String checkBaseUrl(String baseUrl) {
    if (!baseUrl.matches("(?i)https?://[^/?#@\\s]+(/[^?#\\s]*)?")) {
      throw new IllegalArgumentException(
          "baseUrl must be a URL such as http://127.0.0.1:3000, without user, password, ? and #");
    }
    return baseUrl.replaceAll("/+$", "");
  }
}
