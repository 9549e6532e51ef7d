/**
 * What goes over the wire, named as in openapi.json. Times are unix seconds, amounts are in the
 * smallest unit of their currency.
 */
@NullMarked
package cc.getportal.model;

import org.jspecify.annotations.NullMarked;
