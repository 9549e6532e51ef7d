/** Everything the SDK throws: one class per remedy, each with the stable codes it can carry. */
@NullMarked
package cc.getportal.error;

import org.jspecify.annotations.NullMarked;
