// SPDX-License-Identifier: Apache-2.0
package io.millrace.tls;

import io.millrace.Chunk;
import io.millrace.net.ByteStream;
import io.millrace.net.ReadHandler;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.interfaces.XECPublicKey;
import java.security.spec.NamedParameterSpec;
import java.security.spec.XECPublicKeySpec;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.KeyAgreement;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * A server of TLS 1.3 that no engine would be: it agrees on keys (x25519, AES with 128 bits) and
 * then shows a chain with no certificate in it. Then it listens to what the client says to that.
 */
final class EmptyChainServer implements ReadHandler {
    private static final int HEADER = 5;
    private static final int X25519 = 0x1d;
    private static final int KEY_SHARE = 51;
    private static final int HASH_BYTES = 32;

    private final ByteArrayOutputStream received = new ByteArrayOutputStream();
    private boolean hasAnswered;
    private byte[] clientKey;
    private byte[] clientIv;

    /** The alert that came, level and kind; null before. */
    byte[] alert;

    @Override
    public void onRead(ByteStream stream, Chunk chunk) {
        byte[] part = new byte[chunk.length()];
        chunk.copyTo(0, part, 0, part.length);
        received.writeBytes(part);
        try {
            ByteBuffer records = ByteBuffer.wrap(received.toByteArray());
            while (records.remaining() >= HEADER
                    && records.remaining() >= HEADER + records.getShort(records.position() + 3)) {
                byte[] record = new byte[HEADER + records.getShort(records.position() + 3)];
                records.get(record);
                take(stream, record);
            }
            received.reset();
            received.write(records.array(), records.position(), records.remaining());
        } catch (GeneralSecurityException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private void take(ByteStream stream, byte[] record) throws GeneralSecurityException {
        if (record[0] == 22 && !hasAnswered) {
            hasAnswered = true;
            byte[] answer = answer(Arrays.copyOfRange(record, HEADER, record.length));
            stream.write(answer, 0, answer.length);
        } else if (record[0] == 23) {
            alert = Arrays.copyOf(decrypt(record), 2);
        } else if (record[0] == 21) {
            alert = Arrays.copyOfRange(record, HEADER, record.length);
        }
    }

    private byte[] decrypt(byte[] record) throws GeneralSecurityException {
        Cipher cipher = cipher(Cipher.DECRYPT_MODE, clientKey, clientIv);
        cipher.updateAAD(record, 0, HEADER);
        return cipher.doFinal(record, HEADER, record.length - HEADER);
    }

    private static Cipher cipher(int mode, byte[] key, byte[] iv) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(128, iv));
        return cipher;
    }

    private byte[] answer(byte[] hello) throws GeneralSecurityException {
        ByteBuffer at = ByteBuffer.wrap(hello).position(4 + 2 + 32);
        byte[] session = new byte[at.get()];
        at.get(session);
        KeyPair own = KeyPairGenerator.getInstance("X25519").generateKeyPair();
        byte[] shared = agree(own, share(at));
        byte[] serverHello = serverHello(session, littleEndian((XECPublicKey) own.getPublic()));
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        digest.update(hello);
        byte[] heard = digest.digest(serverHello);
        byte[] none = new byte[HASH_BYTES];
        byte[] derived =
                label(
                        hmac(none, none),
                        "derived",
                        MessageDigest.getInstance("SHA-256").digest(new byte[0]),
                        HASH_BYTES);
        byte[] handshake = hmac(derived, shared);
        byte[] clients = label(handshake, "c hs traffic", heard, HASH_BYTES);
        clientKey = label(clients, "key", new byte[0], 16);
        clientIv = label(clients, "iv", new byte[0], 12);
        byte[] servers = label(handshake, "s hs traffic", heard, HASH_BYTES);
        // No extensions; a chain of no certificates, of no request; and that this is a handshake.
        byte[] plain = {8, 0, 0, 2, 0, 0, 11, 0, 0, 4, 0, 0, 0, 0, 22};
        byte[] header = header(23, plain.length + 16);
        Cipher cipher =
                cipher(
                        Cipher.ENCRYPT_MODE,
                        label(servers, "key", new byte[0], 16),
                        label(servers, "iv", new byte[0], 12));
        cipher.updateAAD(header);
        return joined(header(22, serverHello.length), serverHello, header, cipher.doFinal(plain));
    }

    /** The client's share for x25519, of the extensions behind suites and compression. */
    private static byte[] share(ByteBuffer at) {
        at.position(at.position() + 2 + at.getShort(at.position()));
        at.position(at.position() + 1 + at.get(at.position()));
        at.getShort();
        while (at.hasRemaining()) {
            int kind = at.getShort();
            int end = 2 + at.getShort(at.position()) + at.position();
            at.getShort();
            if (kind == KEY_SHARE) {
                at.getShort();
                while (at.position() < end) {
                    int group = at.getShort();
                    byte[] key = new byte[at.getShort()];
                    at.get(key);
                    if (group == X25519) {
                        return key;
                    }
                }
            }
            at.position(end);
        }
        throw new AssertionError("the client has no share for x25519");
    }

    private static byte[] serverHello(byte[] session, byte[] key) {
        ByteBuffer made = ByteBuffer.allocate(256).putInt(0x02000000);
        made.putShort((short) 0x0303).put(new byte[31]).put((byte) 1);
        made.put((byte) session.length).put(session);
        made.putShort((short) 0x1301).put((byte) 0);
        made.putShort((short) (6 + 8 + key.length));
        made.putShort((short) 43).putShort((short) 2).putShort((short) 0x0304);
        made.putShort((short) KEY_SHARE).putShort((short) (4 + key.length));
        made.putShort((short) X25519).putShort((short) key.length).put(key);
        made.putShort(2, (short) (made.position() - 4));
        return Arrays.copyOf(made.array(), made.position());
    }

    private static byte[] agree(KeyPair own, byte[] theirs) throws GeneralSecurityException {
        byte[] bigEndian = reversed(theirs);
        bigEndian[0] &= 0x7f;
        PublicKey key =
                KeyFactory.getInstance("X25519")
                        .generatePublic(
                                new XECPublicKeySpec(
                                        NamedParameterSpec.X25519, new BigInteger(1, bigEndian)));
        KeyAgreement agreement = KeyAgreement.getInstance("X25519");
        agreement.init(own.getPrivate());
        agreement.doPhase(key, true);
        return agreement.generateSecret();
    }

    private static byte[] littleEndian(XECPublicKey key) {
        byte[] number = reversed(key.getU().toByteArray());
        return Arrays.copyOf(number, 32);
    }

    private static byte[] reversed(byte[] bytes) {
        byte[] turned = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            turned[i] = bytes[bytes.length - 1 - i];
        }
        return turned;
    }

    private static byte[] hmac(byte[] key, byte[] content) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(content);
    }

    /** RFC 8446, 7.1; no more than one block of the hash. */
    private static byte[] label(byte[] secret, String name, byte[] context, int bytes)
            throws GeneralSecurityException {
        byte[] full = ("tls13 " + name).getBytes(StandardCharsets.US_ASCII);
        ByteBuffer info = ByteBuffer.allocate(2 + 1 + full.length + 1 + context.length + 1);
        info.putShort((short) bytes).put((byte) full.length).put(full);
        info.put((byte) context.length).put(context).put((byte) 1);
        return Arrays.copyOf(hmac(secret, info.array()), bytes);
    }

    private static byte[] header(int type, int bytes) {
        return new byte[] {(byte) type, 3, 3, (byte) (bytes >> 8), (byte) bytes};
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] each : parts) {
            all.writeBytes(each);
        }
        return all.toByteArray();
    }
}
