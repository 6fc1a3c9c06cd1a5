// SPDX-License-Identifier: Apache-2.0
package io.millrace.net;

import io.millrace.IoException;

/** Hears of failed writes that have no {@link WriteCallback} of their own. */
@FunctionalInterface
public interface WriteFailureHandler {
    void onWriteFailure(ByteStream stream, IoException failure);
}
