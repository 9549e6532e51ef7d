package cc.getportal.error;

import org.jspecify.annotations.Nullable;

/**
 * No usable answer came: {@code connection_failed} (refused, reset, unknown host), {@code
 * timed_out}, {@code invalid_answer} (something answered that is no Portal daemon), or {@code
 * closed} (you closed the SDK). Whether the request was taken is not known; asking again with the
 * same idempotency key is always safe.
 */
public final class ConnectionException extends PortalException {
  private static final long serialVersionUID = 1;

  /**
   * For the SDK and for tests of code that uses it.
   *
   * @param code one of those above
   * @param message what was wrong, where, and what to do
   * @param status the HTTP status, 0 without an answer
   * @param cause what the network or the parser said, if anything
   */
  public ConnectionException(String code, String message, int status, @Nullable Throwable cause) {
    super(code, message, status, cause);
  }
}
