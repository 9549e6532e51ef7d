package cc.getportal.error;

/**
 * A webhook that must not be believed: answer it with HTTP 400. {@code missing_header}, {@code
 * stale_timestamp}, {@code bad_signature}, or {@code bad_body} where the signature holds but the
 * body is no event of Portal's.
 */
public final class WebhookException extends PortalException {
  private static final long serialVersionUID = 1;

  /**
   * For the SDK and for tests of code that uses it.
   *
   * @param code one of those above
   * @param message what was wrong
   */
  public WebhookException(String code, String message) {
    super(code, message, 0, null);
  }
}
