// SPDX-License-Identifier: Apache-2.0

/**
 * Meters of event loops, for a registry of Micrometer.
 *
 * @since 0.1.0
 */
@NullMarked
package io.millrace.micrometer;

import org.jspecify.annotations.NullMarked;
