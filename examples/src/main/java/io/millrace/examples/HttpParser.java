// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import io.millrace.Chunk;
import java.nio.charset.StandardCharsets;

/**
 * Reads requests of HTTP/1.x (RFC 9112) from chunks that begin and end anywhere.
 *
 * <p>Bytes are gathered into lines and lines are understood one by one, so where chunks are cut
 * makes no difference. Bodies are skipped. What two programs could understand differently, such as
 * two lengths or a blank before a colon, is refused: that is how requests are smuggled past
 * proxies.
 */
final class HttpParser {
    /** Far above what browsers send, far below what would hurt with 10,000 connections. */
    static final int HEAD_LIMIT = 8192;

    private static final byte[] HOST = ascii("host");
    private static final byte[] CONNECTION = ascii("connection");
    private static final byte[] CLOSE = ascii("close");
    private static final byte[] KEEP_ALIVE = ascii("keep-alive");
    private static final byte[] CONTENT_LENGTH = ascii("content-length");
    private static final byte[] TRANSFER_ENCODING = ascii("transfer-encoding");

    /** Digits of a body's length, which then surely fits into a long. */
    private static final int MOST_DIGITS = 18;

    private static final long NO_LENGTH = -1;

    /** Where a chunk has brought the request. */
    enum Progress {
        /** The chunk is used up, and more bytes are needed. */
        INCOMPLETE,
        /** {@link #request()} is there to be answered. */
        COMPLETE,
        /** {@link #refusal()} says why nothing after this can be understood. */
        REFUSED
    }

    private final HttpRequest request = new HttpRequest();
    private final HttpRequestLine requestLine = new HttpRequestLine(request);
    private byte[] line = new byte[512];
    private int lineLength;
    private int headLength;
    private boolean inHeaders;
    private int hosts;
    private long contentLength;
    private boolean hasTransferEncoding;
    private long bodyLeft;
    private HttpStatus refusal = HttpStatus.OK;

    HttpRequest request() {
        return request;
    }

    HttpStatus refusal() {
        return refusal;
    }

    /** Takes bytes off the chunk until it is empty, or a request is complete or refused. */
    Progress parse(Chunk chunk) {
        skipBody(chunk);
        int length = chunk.length();
        for (int i = 0; i < length; i++) {
            byte next = chunk.get(i);
            if (next != '\n') {
                append(next);
                if (refusal != HttpStatus.OK) {
                    return Progress.REFUSED;
                }
                continue;
            }
            boolean complete = endLine();
            if (refusal != HttpStatus.OK) {
                return Progress.REFUSED;
            }
            if (complete) {
                chunk.skip(i + 1);
                return Progress.COMPLETE;
            }
        }
        chunk.skip(length);
        return Progress.INCOMPLETE;
    }

    private void skipBody(Chunk chunk) {
        int skipped = (int) Math.min(bodyLeft, chunk.length());
        chunk.skip(skipped);
        bodyLeft -= skipped;
    }

    private void append(byte next) {
        if (headLength == HEAD_LIMIT) {
            tooLong();
            return;
        }
        headLength++;
        if (lineLength == line.length) {
            line = java.util.Arrays.copyOf(line, line.length * 2);
        }
        line[lineLength++] = next;
    }

    private void tooLong() {
        if (inHeaders) {
            refusal = HttpStatus.HEADER_TOO_LARGE;
        } else {
            request.begin();
            refusal = HttpStatus.URI_TOO_LONG;
        }
    }

    /** The line has ended; answers whether it was the empty one after the headers. */
    private boolean endLine() {
        int end = lineLength > 0 && line[lineLength - 1] == '\r' ? lineLength - 1 : lineLength;
        lineLength = 0;
        if (!inHeaders) {
            if (end > 0) {
                beginRequest(end);
            }
            return false;
        }
        if (end > 0) {
            header(end);
            return false;
        }
        endHeaders();
        return true;
    }

    private void beginRequest(int end) {
        inHeaders = true;
        hosts = 0;
        contentLength = NO_LENGTH;
        hasTransferEncoding = false;
        refusal = requestLine.parse(line, end);
    }

    private void header(int end) {
        int colon = HttpText.endOfToken(line, 0, end);
        if (colon == 0 || colon == end || line[colon] != ':' || !HttpText.isText(line, end)) {
            refusal = HttpStatus.BAD_REQUEST;
            return;
        }
        int from = HttpText.skipBlanks(line, colon + 1, end);
        int to = HttpText.dropBlanks(line, from, end);
        if (HttpText.equal(line, 0, colon, CONNECTION)) {
            connection(from, to);
        } else if (HttpText.equal(line, 0, colon, CONTENT_LENGTH)) {
            contentLength(from, to);
        } else if (HttpText.equal(line, 0, colon, TRANSFER_ENCODING)) {
            hasTransferEncoding = true;
        } else if (HttpText.equal(line, 0, colon, HOST)) {
            hosts++;
        }
    }

    private void connection(int from, int to) {
        int begin = from;
        for (int i = from; i <= to; i++) {
            if (i == to || line[i] == ',') {
                int first = HttpText.skipBlanks(line, begin, i);
                int last = HttpText.dropBlanks(line, first, i);
                request.wantsClose |= HttpText.equal(line, first, last, CLOSE);
                request.wantsKeepAlive |= HttpText.equal(line, first, last, KEEP_ALIVE);
                begin = i + 1;
            }
        }
    }

    private void contentLength(int from, int to) {
        long value = HttpText.number(line, from, to, MOST_DIGITS);
        if (value < 0 || contentLength != NO_LENGTH) {
            refusal = HttpStatus.BAD_REQUEST;
        }
        contentLength = value;
    }

    private void endHeaders() {
        boolean ambiguous = hasTransferEncoding && (contentLength != NO_LENGTH || request.isHttp10);
        if (ambiguous || hosts > 1 || (hosts == 0 && !request.isHttp10)) {
            refusal = HttpStatus.BAD_REQUEST;
        } else if (hasTransferEncoding) {
            refusal = HttpStatus.NOT_IMPLEMENTED;
        }
        bodyLeft = Math.max(0, contentLength);
        headLength = 0;
        inHeaders = false;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
