// SPDX-License-Identifier: Apache-2.0
package io.millrace.netty.examples;

import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/**
 * The messages of the greeter in the encoding of Protocol Buffers: one text, which is field 1.
 * Fields that are not known are passed over, as generated code does it.
 */
final class GreeterMessage implements Marshaller<String> {
    static final Marshaller<String> MARSHALLER = new GreeterMessage();

    private static final int TEXT_FIELD = 1;

    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int LENGTH_DELIMITED = 2;
    private static final int FIXED32 = 5;

    private static final int TYPE_BITS = 3;
    private static final int PAYLOAD_BITS = 7;
    private static final int PAYLOAD = (1 << PAYLOAD_BITS) - 1;

    private GreeterMessage() {}

    @Override
    public InputStream stream(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream message = new ByteArrayOutputStream(bytes.length + 6);
        message.write((TEXT_FIELD << TYPE_BITS) | LENGTH_DELIMITED);
        int rest = bytes.length;
        for (; rest > PAYLOAD; rest >>>= PAYLOAD_BITS) {
            message.write((rest & PAYLOAD) | (PAYLOAD + 1));
        }
        message.write(rest);
        message.writeBytes(bytes);
        return new ByteArrayInputStream(message.toByteArray());
    }

    @Override
    public String parse(InputStream message) {
        try {
            return text(new DataInputStream(message));
        } catch (IOException failure) {
            throw Status.INTERNAL
                    .withDescription("not a message of the greeter")
                    .withCause(failure)
                    .asRuntimeException();
        }
    }

    private static String text(DataInputStream message) throws IOException {
        String text = "";
        for (int first = message.read(); first >= 0; first = message.read()) {
            long tag = varint(first, message);
            switch ((int) tag & ((1 << TYPE_BITS) - 1)) {
                case VARINT -> varint(message.readUnsignedByte(), message);
                case FIXED64 -> message.readLong();
                case FIXED32 -> message.readInt();
                case LENGTH_DELIMITED -> {
                    byte[] bytes = bytes(message);
                    if (tag >>> TYPE_BITS == TEXT_FIELD) {
                        text = new String(bytes, StandardCharsets.UTF_8);
                    }
                }
                default -> throw new IOException("a field of an unknown type: " + tag);
            }
        }
        return text;
    }

    private static byte[] bytes(DataInputStream message) throws IOException {
        long length = varint(message.readUnsignedByte(), message);
        byte[] bytes = message.readNBytes((int) Math.min(length, Integer.MAX_VALUE));
        if (bytes.length != length) {
            throw new IOException("a field of " + length + " bytes has only " + bytes.length);
        }
        return bytes;
    }

    private static long varint(int first, DataInputStream message) throws IOException {
        long value = first & PAYLOAD;
        int next = first;
        for (int shift = PAYLOAD_BITS; next > PAYLOAD; shift += PAYLOAD_BITS) {
            if (shift >= Long.SIZE) {
                throw new IOException("a number that does not end");
            }
            next = message.readUnsignedByte();
            value |= (long) (next & PAYLOAD) << shift;
        }
        return value;
    }
}
