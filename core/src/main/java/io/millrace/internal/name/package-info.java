// SPDX-License-Identifier: Apache-2.0
/** Names and addresses, looked up on threads that may block. Not exported. */
@NullMarked
package io.millrace.internal.name;

import org.jspecify.annotations.NullMarked;
