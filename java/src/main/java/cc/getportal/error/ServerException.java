package cc.getportal.error;

/**
 * The daemon is in trouble, still so after the SDK's own retries: {@code unavailable}, {@code
 * internal}. Try later with the same idempotency key.
 */
public final class ServerException extends PortalException {
  private static final long serialVersionUID = 1;

  /**
   * For the SDK and for tests of code that uses it.
   *
   * @param code {@code unavailable} or {@code internal}
   * @param message what was wrong, where, and what to do
   * @param status the HTTP status, 0 without an answer
   */
  public ServerException(String code, String message, int status) {
    super(code, message, status, null);
  }
}
