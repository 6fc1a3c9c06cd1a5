// SPDX-License-Identifier: Apache-2.0
/** Targets of a fuzzer among the examples, which are not public: in their package. */
@NullMarked
package io.millrace.examples;

import org.jspecify.annotations.NullMarked;
