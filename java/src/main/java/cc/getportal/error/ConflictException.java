package cc.getportal.error;

/**
 * Something that already happened stands in the way: {@code conflict}, {@code payment_ended},
 * {@code idempotency_mismatch}. Look it up before you ask again.
 */
public final class ConflictException extends PortalException {
  private static final long serialVersionUID = 1;

  /**
   * For the SDK and for tests of code that uses it.
   *
   * @param code {@code conflict}, {@code payment_ended} or {@code idempotency_mismatch}
   * @param message what was wrong, where, and what to do
   * @param status the HTTP status, 0 without an answer
   */
  public ConflictException(String code, String message, int status) {
    super(code, message, status, null);
  }
}
