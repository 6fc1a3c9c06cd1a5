// SPDX-License-Identifier: Apache-2.0
/**
 * Random programs on simulated loops: the whole library above a boundary, driven as users drive it,
 * in a world that is as unkind as its seed wants; and faults put into the library on purpose, to
 * see that these programs notice.
 */
@NullMarked
package io.millrace.testkit.program;

import org.jspecify.annotations.NullMarked;
