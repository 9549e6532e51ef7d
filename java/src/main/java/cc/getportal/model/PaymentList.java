package cc.getportal.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A page of payments.
 *
 * @param payments newest first
 * @param nextCursor for {@link PaymentFilter#cursor}, to go on; null on the last page
 */
public record PaymentList(List<PaymentDetails> payments, @Nullable String nextCursor) {}
