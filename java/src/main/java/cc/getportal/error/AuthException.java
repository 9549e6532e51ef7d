package cc.getportal.error;

/**
 * The token is missing, wrong, or lacks the scope: {@code unauthorized}, {@code forbidden}. Check
 * {@code authToken}.
 */
public final class AuthException extends PortalException {
  private static final long serialVersionUID = 1;

  /**
   * For the SDK and for tests of code that uses it.
   *
   * @param code {@code unauthorized} or {@code forbidden}
   * @param message what was wrong, where, and what to do
   * @param status the HTTP status, 0 without an answer
   */
  public AuthException(String code, String message, int status) {
    super(code, message, status, null);
  }
}
