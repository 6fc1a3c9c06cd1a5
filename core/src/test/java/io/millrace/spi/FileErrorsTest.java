// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the JDK's exceptions on files hide, in English and in other languages. */
class FileErrorsTest {
    @Test
    void aTypeSaysMoreThanAnyText() {
        assertEquals("ENOENT", name(new NoSuchFileException("File too large")));
        assertEquals("EACCES", name(new AccessDeniedException("a")));
        assertEquals("EEXIST", name(new FileAlreadyExistsException("a")));
        assertEquals("ENOTDIR", name(new NotDirectoryException("a")));
        assertEquals("ELOOP", name(new FileSystemLoopException("a")));
        assertEquals("EBADF", name(new ClosedChannelException()));
        assertEquals("ENOMEM", name(new OutOfMemoryError()));
    }

    @Test
    void textsOfEveryCLibraryAreKnown() {
        assertEquals("ENOTDIR", name(because("Not a directory")));
        assertEquals("EROFS", name(because("Read-only file system")));
        assertEquals("EMFILE", name(because("Too many open files")));
        assertEquals("EMFILE", name(because("No file descriptors available")));
        assertEquals("ENFILE", name(because("Too many open files in system")));
        assertEquals("EISDIR", name(because("Is a directory")));
        assertEquals("ETXTBSY", name(because("Text file busy")));
        assertEquals("ENAMETOOLONG", name(because("Filename too long")));
        assertEquals("EDQUOT", name(because("Disc quota exceeded")));
        assertEquals("ENOSPC", name(new IOException("No space left on device")));
        assertEquals("EFBIG", name(new IOException("File too large")));
        assertEquals("ESTALE", name(new IOException("Stale file handle")));
    }

    @Test
    void theJdksAdditionToALoopOfLinksHidesNothing() {
        String addition = " or unable to access attributes of symbolic link";
        assertEquals("ELOOP", name(because("Too many levels of symbolic links" + addition)));
        assertEquals("ELOOP", name(because("Symbolic link loop" + addition)));
    }

    @Test
    void whatIsNotKnownIsNotGuessedAndStaysToBeRead() {
        FileSystemException unknown = because("Kein Platz");
        assertEquals("EIO", name(unknown));
        assertEquals("Kein Platz", FileErrors.textOf(unknown));
        assertEquals("EIO", name(because("is a directory, or so")));
        assertEquals("EIO", name(new IOException()));
        assertEquals("EIO", name(new IllegalStateException("Is a directory")));
        assertNull(FileErrors.textOf(because("Is a directory")));
        assertNull(FileErrors.textOf(new NoSuchFileException("a", null, "Kein Platz")));
    }

    @Test
    void aTranslationIsRecognizedAndWhatMeansTwoThingsIsNot() {
        Map<String, Integer> byText =
                FileErrors.byText(
                        Map.of(
                                "File too large", "Datei zu groß",
                                "Too many levels of symbolic links", "Zu viele Ebenen",
                                "Read-only file system", "Geht nicht",
                                "Text file busy", "Geht nicht"));
        assertEquals(Code.FILE_TOO_LARGE, FileErrors.codeOf(because("Datei zu groß"), byText));
        assertEquals(Code.FILE_TOO_LARGE, FileErrors.codeOf(because("File too large"), byText));
        assertEquals(
                Code.LINK_LOOP,
                FileErrors.codeOf(
                        because("Zu viele Ebenen or unable to access attributes of symbolic link"),
                        byText));
        assertEquals(Code.IO_ERROR, FileErrors.codeOf(because("Geht nicht"), byText));
    }

    @Test
    void aCatalogueIsReadInItsOwnEncodingAndByteOrder() {
        Map<String, String> messages = Map.of("File too large", "Datei zu groß");
        for (ByteOrder order : List.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN)) {
            for (Charset charset : List.of(StandardCharsets.UTF_8, StandardCharsets.ISO_8859_1)) {
                byte[] file = catalogue(messages, order, charset);
                assertEquals(messages, MessageCatalogue.parse(file));
            }
        }
    }

    @Test
    void whatIsNoCatalogueIsRefusedAndNotTrusted() {
        assertThrows(IllegalArgumentException.class, () -> MessageCatalogue.parse(new byte[28]));
        byte[] cut = catalogue(Map.of("a", "b"), ByteOrder.LITTLE_ENDIAN, StandardCharsets.UTF_8);
        ByteBuffer.wrap(cut).order(ByteOrder.LITTLE_ENDIAN).putInt(8, 1 << 28);
        assertThrows(RuntimeException.class, () -> MessageCatalogue.parse(cut));
    }

    @Test
    void languagesAreThoseThatStrerrorAsksFor() {
        assertEquals(List.of(), languages("LANG", "", "LANGUAGE", "de"));
        assertEquals(List.of(), languages("LC_ALL", "C", "LANG", "de_DE", "LANGUAGE", "de"));
        assertEquals(
                List.of("fr", "C.UTF-8", "C"), languages("LC_ALL", "C.UTF-8", "LANGUAGE", "fr"));
        assertEquals(
                List.of("ca_ES.UTF-8@valencia", "ca_ES@valencia", "ca_ES", "ca@valencia", "ca"),
                languages("LANG", "ca_ES.UTF-8@valencia"));
        assertEquals(List.of("de"), languages("LC_MESSAGES", "de", "LANG", "fr"));
        assertEquals(List.of(), languages("LANG", "../../etc"));
    }

    private static List<String> languages(String... environment) {
        Map<String, String> map = new LinkedHashMap<>();
        for (int i = 0; i < environment.length; i += 2) {
            map.put(environment[i], environment[i + 1]);
        }
        return MessageCatalogue.languages(map);
    }

    private static byte[] catalogue(
            Map<String, String> messages, ByteOrder order, Charset charset) {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("", "Content-Type: text/plain; charset=" + charset.name() + "\n");
        all.putAll(messages);
        int count = all.size();
        ByteBuffer header = ByteBuffer.allocate(28 + 16 * count).order(order);
        header.putInt(0x950412de).putInt(0).putInt(count).putInt(28).putInt(28 + 8 * count);
        header.putInt(0).putInt(0);
        ByteArrayOutputStream texts = new ByteArrayOutputStream();
        all.keySet().forEach(text -> put(text.getBytes(charset), header, texts));
        all.values().forEach(text -> put(text.getBytes(charset), header, texts));
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.writeBytes(header.array());
        file.writeBytes(texts.toByteArray());
        return file.toByteArray();
    }

    private static void put(byte[] text, ByteBuffer header, ByteArrayOutputStream texts) {
        header.putInt(text.length).putInt(header.capacity() + texts.size());
        texts.writeBytes(text);
        texts.write(0);
    }

    private static String name(Throwable failure) {
        return Code.name(FileErrors.codeOf(failure));
    }

    private static FileSystemException because(String reason) {
        return new FileSystemException("no space left on device", null, reason);
    }
}
