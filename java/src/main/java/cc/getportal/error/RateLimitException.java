package cc.getportal.error;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Too many requests, still so after the SDK's own retries: {@code rate_limited}. Slow down. */
public final class RateLimitException extends PortalException {
  private static final long serialVersionUID = 1;

  /** As asked by the daemon. */
  private final @Nullable Duration retryAfter;

  /**
   * For the SDK and for tests of code that uses it.
   *
   * @param message what was wrong, where, and what to do
   * @param status the HTTP status
   * @param retryAfter how long the daemon asks to wait, null when it did not say
   */
  public RateLimitException(String message, int status, @Nullable Duration retryAfter) {
    super("rate_limited", message, status, null);
    this.retryAfter = retryAfter;
  }

  /**
   * How long the daemon asks to wait.
   *
   * @return whole seconds, or null when it did not say
   */
  public @Nullable Duration retryAfter() {
    return retryAfter;
  }
}
