// SPDX-License-Identifier: Apache-2.0
package io.millrace.net;

import io.millrace.IoException;

/**
 * Hears why a server could not accept. The server lives on and tries again after a moment; until
 * then connections wait in the backlog.
 */
@FunctionalInterface
public interface AcceptErrorHandler {
    void onAcceptError(StreamServer server, IoException failure);
}
