// SPDX-License-Identifier: Apache-2.0
/**
 * Where threads meet a loop, under jcstress: on the class path, in the packages of what is tested.
 */
@NullMarked
package io.millrace.internal.loop;

import org.jspecify.annotations.NullMarked;
