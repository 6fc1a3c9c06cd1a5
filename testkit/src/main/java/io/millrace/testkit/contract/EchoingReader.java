// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import io.millrace.Chunk;
import io.millrace.net.ByteStream;
import io.millrace.net.ReadHandler;

/** Sends back what comes, and closes behind it. */
enum EchoingReader implements ReadHandler {
    ONLY;

    @Override
    public void onRead(ByteStream stream, Chunk chunk) {
        stream.write(chunk);
    }

    @Override
    public void onEnd(ByteStream stream) {
        stream.closeWhenWritten();
    }
}
