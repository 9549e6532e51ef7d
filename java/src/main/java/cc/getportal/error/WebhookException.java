package cc.getportal.error;

/**
 * What came as a webhook proves nothing: answer 400 and do nothing. {@code header_missing}, {@code
 * timestamp_invalid}, {@code signature_invalid}, {@code body_invalid} (signed, but no event of a
 * Portal daemon), or {@code secret_invalid}, which is your program's own fault.
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
