package cc.getportal.model;

/**
 * The currency an amount is given in.
 *
 * @param code its word at the API, in lower case
 */
public record Currency(String code) {
  /** A thousandth of a satoshi, Lightning's own unit: 10,000 millisats are 10 sats. */
  public static final Currency MILLISATS = new Currency("millisats");
}
