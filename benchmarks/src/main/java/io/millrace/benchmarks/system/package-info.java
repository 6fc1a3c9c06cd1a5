// SPDX-License-Identifier: Apache-2.0
/** What files, directories watched and children cost, beside fio and what the JDK has for them. */
@NullMarked
package io.millrace.benchmarks.system;

import org.jspecify.annotations.NullMarked;
