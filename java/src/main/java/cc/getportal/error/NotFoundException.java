package cc.getportal.error;

/** There is no such payment or stream: {@code not_found}. */
public final class NotFoundException extends PortalException {
  private static final long serialVersionUID = 1;

  /**
   * For the SDK and for tests of code that uses it.
   *
   * @param code {@code not_found}
   * @param message what was wrong, where, and what to do
   * @param status the HTTP status, 0 without an answer
   */
  public NotFoundException(String code, String message, int status) {
    super(code, message, status, null);
  }
}
