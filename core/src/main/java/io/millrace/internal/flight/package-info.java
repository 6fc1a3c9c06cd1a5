// SPDX-License-Identifier: Apache-2.0

/**
 * What a flight recording of the virtual machine shows of the loops in it. Nothing else knows of
 * the JDK's module for that, which an image may lack.
 */
@NullMarked
package io.millrace.internal.flight;

import org.jspecify.annotations.NullMarked;
