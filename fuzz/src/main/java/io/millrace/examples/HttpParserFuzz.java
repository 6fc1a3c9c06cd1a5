// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import io.millrace.spi.PoolChunk;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Where a chunk ends changes nothing about what a peer is understood to have said. */
public final class HttpParserFuzz {
    private HttpParserFuzz() {}

    public static void fuzzerTestOneInput(FuzzedDataProvider data) {
        int piece = data.consumeInt(1, 64);
        byte[] bytes = data.consumeRemainingAsBytes();
        String whole = read(bytes, bytes.length + 1);
        String cut = read(bytes, piece);
        if (!whole.equals(cut)) {
            throw new AssertionError("whole: " + whole + "\nin pieces of " + piece + ": " + cut);
        }
    }

    private static String read(byte[] bytes, int piece) {
        StringBuilder read = new StringBuilder();
        HttpParser parser = new HttpParser();
        for (int at = 0; at < bytes.length; at += piece) {
            Lent chunk =
                    new Lent(Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + piece)));
            while (chunk.length() > 0) {
                switch (parser.parse(chunk)) {
                    case INCOMPLETE -> {
                        if (chunk.length() > 0) {
                            throw new AssertionError("incomplete with bytes left");
                        }
                    }
                    case COMPLETE -> {
                        HttpRequest request = parser.request();
                        String path = request.path();
                        read.append(path).append(' ').append(request.keepsAlive()).append('\n');
                        checkDecoded(path);
                    }
                    case REFUSED -> {
                        return read.append(parser.refusal()).toString();
                    }
                }
            }
        }
        return read.toString();
    }

    private static void checkDecoded(String path) {
        String decoded = UrlPath.decode(path);
        if (decoded != null && (!decoded.startsWith("/") || decoded.indexOf('\0') >= 0)) {
            throw new AssertionError("decoded " + path + " to " + decoded);
        }
    }

    private static final class Lent extends PoolChunk {
        Lent(byte[] bytes) {
            super(ByteBuffer.wrap(bytes), 0);
            lend();
            filled(0, capacity());
        }

        @Override
        protected boolean isScarce() {
            return false;
        }

        @Override
        protected @Nullable PoolChunk copyElsewhere() {
            return null;
        }

        @Override
        protected void recycle() {}
    }
}
