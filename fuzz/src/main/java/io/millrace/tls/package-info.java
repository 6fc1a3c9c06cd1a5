// SPDX-License-Identifier: Apache-2.0
/**
 * Targets of a fuzzer among streams over TLS, whose certificates are not public: in their package.
 */
@NullMarked
package io.millrace.tls;

import org.jspecify.annotations.NullMarked;
