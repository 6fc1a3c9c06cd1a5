// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The translations of glibc's messages, which strerror(3) takes from the same files: "MO" files of
 * GNU gettext. Chosen by the environment as there, from {@code LANGUAGE}, and then {@code LC_ALL},
 * {@code LC_MESSAGES} or {@code LANG}.
 *
 * <p>Only ever used to recognize a text as a whole, so whatever is wrong here, such as a program
 * that chose another language after its start, leaves a text unrecognized and no more.
 */
final class MessageCatalogue {
    /** Where glibc looks, and where distributions also put language packs. */
    private static final List<Path> DIRECTORIES =
            List.of(Path.of("/usr/share/locale"), Path.of("/usr/share/locale-langpack"));

    private static final int MAGIC = 0x950412de;

    private MessageCatalogue() {}

    /** Translations of English messages into this process's languages; often none. */
    static Map<String, String> ofProcess(Map<String, String> environment) {
        Map<String, String> all = new HashMap<>();
        for (String language : languages(environment)) {
            for (Path directory : DIRECTORIES) {
                read(directory.resolve(language).resolve("LC_MESSAGES").resolve("libc.mo"))
                        .forEach(all::putIfAbsent);
            }
        }
        return all;
    }

    /** The names of the catalogues that apply, the best first. */
    static List<String> languages(Map<String, String> environment) {
        String locale = "";
        for (String name : List.of("LC_ALL", "LC_MESSAGES", "LANG")) {
            String value = environment.getOrDefault(name, "");
            locale = locale.isEmpty() ? value : locale;
        }
        List<String> names = new ArrayList<>();
        if (locale.isEmpty() || locale.equals("C") || locale.equals("POSIX")) {
            return names;
        }
        for (String language : environment.getOrDefault("LANGUAGE", "").split(":", -1)) {
            addVariants(language, names);
        }
        addVariants(locale, names);
        return names;
    }

    /** Of {@code ll_CC.codeset@modifier}, without more and more of what may be left out. */
    private static void addVariants(String locale, List<String> names) {
        if (locale.isEmpty() || locale.indexOf('/') >= 0 || locale.indexOf('\0') >= 0) {
            return;
        }
        int at = locale.indexOf('@');
        String modifier = at < 0 ? "" : locale.substring(at);
        String plain = at < 0 ? locale : locale.substring(0, at);
        String country = upTo(plain, '.');
        String language = upTo(country, '_');
        for (String name :
                List.of(locale, country + modifier, country, language + modifier, language)) {
            if (!names.contains(name)) {
                names.add(name);
            }
        }
    }

    private static String upTo(String text, char end) {
        int at = text.indexOf(end);
        return at < 0 ? text : text.substring(0, at);
    }

    private static Map<String, String> read(Path file) {
        if (!Files.isRegularFile(file)) {
            return Map.of();
        }
        try {
            return parse(Files.readAllBytes(file));
        } catch (IOException | IndexOutOfBoundsException | IllegalArgumentException unreadable) {
            // Then texts in that language stay unrecognized, as without the file.
            return Map.of();
        }
    }

    /**
     * The messages of an MO file: a header of seven numbers, then two tables of lengths and
     * offsets, of the originals and of the translations. The empty original has what kind of text
     * it is.
     */
    static Map<String, String> parse(byte[] bytes) {
        ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        if (file.getInt(0) != MAGIC) {
            file.order(ByteOrder.BIG_ENDIAN);
        }
        if (file.getInt(0) != MAGIC) {
            throw new IllegalArgumentException("not a catalogue of messages");
        }
        int count = file.getInt(8);
        int originals = file.getInt(12);
        int translations = file.getInt(16);
        Charset charset = StandardCharsets.UTF_8;
        Map<String, String> all = new HashMap<>();
        for (int i = 0; i < count; i++) {
            String original = text(file, originals + 8 * i, StandardCharsets.US_ASCII);
            if (original.isEmpty()) {
                charset = charsetOf(text(file, translations + 8 * i, StandardCharsets.US_ASCII));
            } else {
                all.put(original, text(file, translations + 8 * i, charset));
            }
        }
        return all;
    }

    private static String text(ByteBuffer file, int entry, Charset charset) {
        int length = file.getInt(entry);
        int offset = file.getInt(entry + Integer.BYTES);
        Objects.checkFromIndexSize(offset, length, file.capacity());
        byte[] bytes = new byte[length];
        file.get(offset, bytes);
        return new String(bytes, charset);
    }

    private static Charset charsetOf(String header) {
        String mark = "charset=";
        int at = header.indexOf(mark);
        return at < 0
                ? StandardCharsets.UTF_8
                : Charset.forName(header.substring(at + mark.length()).split("\\s", 2)[0]);
    }
}
