package cc.getportal.error;

import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * What all exceptions of the SDK have in common. Catch the subclass whose remedy you have; its
 * message says what was wrong and what to do, and never contains the token.
 */
public abstract sealed class PortalException extends RuntimeException
    permits AuthException,
        InvalidRequestException,
        ConflictException,
        NotFoundException,
        RateLimitException,
        ConnectionException,
        ServerException,
        WebhookException {
  private static final long serialVersionUID = 1;

  /** Stable. */
  private final String code;

  /** 0 when no answer came. */
  private final int status;

  PortalException(String code, String message, int status, @Nullable Throwable cause) {
    super(message, cause);
    this.code = code;
    this.status = status;
  }

  /**
   * What a future failed with, taken out of its wrapping.
   *
   * @param failure as {@code whenComplete} and {@code exceptionally} are given it
   * @return itself, or a {@link ConnectionException} around what is none of the SDK's own
   */
  public static PortalException of(Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    if (cause instanceof PortalException known) return known;
    return new ConnectionException("connection_failed", String.valueOf(cause), 0, cause);
  }

  /**
   * Which problem it is.
   *
   * @return a stable word such as {@code payment_ended}, safe to compare and to store
   */
  public final String code() {
    return code;
  }

  /**
   * The HTTP status the daemon answered with.
   *
   * @return 100 to 599, or 0 when no answer came
   */
  public final int status() {
    return status;
  }
}
