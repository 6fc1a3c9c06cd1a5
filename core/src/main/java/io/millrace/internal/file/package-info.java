// SPDX-License-Identifier: Apache-2.0
/** Files between the user and an engine, or threads in place of one. Not exported. */
@NullMarked
package io.millrace.internal.file;

import org.jspecify.annotations.NullMarked;
