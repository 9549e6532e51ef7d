package cc.getportal.error;

import org.jspecify.annotations.Nullable;

/**
 * The daemon will never take this request as it is: {@code invalid_request}, {@code too_large}.
 * Correct the field it names.
 */
public final class InvalidRequestException extends PortalException {
  private static final long serialVersionUID = 1;

  /** As the API calls it. */
  private final @Nullable String field;

  /**
   * For the SDK and for tests of code that uses it.
   *
   * @param code {@code invalid_request} or {@code too_large}
   * @param message what was wrong, where, and what to do
   * @param status the HTTP status, 0 without an answer
   * @param field the field at fault, null when it is none in particular
   */
  public InvalidRequestException(String code, String message, int status, @Nullable String field) {
    super(code, message, status, null);
    this.field = field;
  }

  /**
   * The field at fault.
   *
   * @return as the API calls it, such as {@code subkeys[3]}; null when it is none in particular
   */
  public @Nullable String field() {
    return field;
  }
}
