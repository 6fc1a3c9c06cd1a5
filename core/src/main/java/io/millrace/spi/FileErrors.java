// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi;

import io.millrace.IoException;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.NotLinkException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The codes behind the exceptions of the JDK's files, which hide the error number. Any thread.
 *
 * <p>The exception's type decides where it is a special one. Otherwise all that is left of the
 * number is the text of strerror(3), so that is looked up: as a whole, because any part of it may
 * be in a file's name; in English as the C libraries have it; and in the language of this process,
 * as the C library's own catalogue translates it. A text that is none of these is {@code EIO} and
 * stays to be read: see {@link #textOf}.
 */
public final class FileErrors {
    /** What the JDK adds to the text of a loop of links. */
    private static final String SUFFIX = " or unable to access attributes of symbolic link";

    /** Where a text differs: first that of glibc, then those of musl and the BSDs. */
    private static final Map<Integer, String[]> TEXTS =
            Map.ofEntries(
                    texts(Code.NOT_PERMITTED, "Operation not permitted"),
                    texts(Code.NO_SUCH_FILE, "No such file or directory"),
                    texts(Code.INTERRUPTED, "Interrupted system call"),
                    texts(Code.IO_ERROR, "Input/output error", "I/O error"),
                    texts(
                            Code.NO_SUCH_DEVICE_OR_ADDRESS,
                            "No such device or address",
                            "Device not configured"),
                    texts(Code.BAD_DESCRIPTOR, "Bad file descriptor"),
                    texts(Code.WOULD_BLOCK, "Resource temporarily unavailable"),
                    texts(Code.NO_MEMORY, "Cannot allocate memory", "Out of memory"),
                    texts(Code.ACCESS_DENIED, "Permission denied"),
                    texts(Code.BUSY, "Device or resource busy", "Resource busy", "Device busy"),
                    texts(Code.EXISTS, "File exists"),
                    texts(
                            Code.NO_SUCH_DEVICE,
                            "No such device",
                            "Operation not supported by device"),
                    texts(Code.NOT_A_DIRECTORY, "Not a directory"),
                    texts(Code.IS_DIRECTORY, "Is a directory"),
                    texts(Code.INVALID_ARGUMENT, "Invalid argument"),
                    texts(Code.FILE_TABLE_OVERFLOW, "Too many open files in system"),
                    texts(
                            Code.TOO_MANY_FILES,
                            "Too many open files",
                            "No file descriptors available"),
                    texts(Code.TEXT_BUSY, "Text file busy"),
                    texts(Code.FILE_TOO_LARGE, "File too large"),
                    texts(Code.NO_SPACE, "No space left on device"),
                    texts(Code.ILLEGAL_SEEK, "Illegal seek", "Invalid seek"),
                    texts(Code.READ_ONLY, "Read-only file system"),
                    texts(
                            Code.CROSS_DEVICE,
                            "Invalid cross-device link",
                            "Cross-device link",
                            "Improper link"),
                    texts(Code.TOO_MANY_LINKS, "Too many links"),
                    texts(Code.NOT_EMPTY, "Directory not empty"),
                    texts(Code.BROKEN_PIPE, "Broken pipe"),
                    texts(Code.NAME_TOO_LONG, "File name too long", "Filename too long"),
                    texts(
                            Code.LINK_LOOP,
                            "Too many levels of symbolic links",
                            "Symbolic link loop"),
                    texts(
                            Code.VALUE_TOO_LARGE,
                            "Value too large for defined data type",
                            "Value too large for data type",
                            "Value too large to be stored in data type"),
                    texts(Code.NOT_SUPPORTED, "Operation not supported", "Not supported"),
                    texts(Code.STALE, "Stale file handle", "Stale NFS file handle"),
                    texts(
                            Code.QUOTA_EXCEEDED,
                            "Disk quota exceeded",
                            "Disc quota exceeded",
                            "Quota exceeded"));

    private static final Map<String, Integer> BY_TEXT =
            byText(MessageCatalogue.ofProcess(System.getenv()));

    private FileErrors() {}

    /**
     * Has the texts read, which is too late when they are needed: out of descriptors, no catalogue
     * can be opened any more.
     */
    public static void load() {}

    /** The code for what a call of the JDK's on a file has thrown. */
    public static int codeOf(Throwable failure) {
        return codeOf(failure, BY_TEXT);
    }

    /** The same where the texts are those of {@code byText}, for tests. */
    static int codeOf(Throwable failure, Map<String, Integer> byText) {
        int code = codeOfType(failure);
        return code != Code.IO_ERROR ? code : codeOfText(failure, byText);
    }

    /**
     * The reason in the system's words where {@link #codeOf} knows no better than {@code EIO}, so
     * that a message can have it; else null.
     */
    public static @Nullable String textOf(Throwable failure) {
        return codeOf(failure) == Code.IO_ERROR ? reason(failure) : null;
    }

    /**
     * What each text means; one that means two things means nothing.
     *
     * @param translate from glibc's English, null where there is no translation
     */
    static Map<String, Integer> byText(Map<String, String> translate) {
        Map<String, Integer> translated = new HashMap<>();
        TEXTS.forEach(
                (code, texts) -> {
                    String text = translate.get(texts[0]);
                    if (text != null) {
                        translated.merge(key(text), code, (one, other) -> Code.IO_ERROR);
                    }
                });
        Map<String, Integer> all = new HashMap<>();
        TEXTS.forEach(
                (code, texts) -> {
                    for (String text : texts) {
                        all.put(key(text), code);
                    }
                });
        all.putAll(translated);
        return Map.copyOf(all);
    }

    private static int codeOfType(Throwable failure) {
        if (failure instanceof IoException ours) {
            return ours.code();
        }
        if (failure instanceof NoSuchFileException) {
            return Code.NO_SUCH_FILE;
        }
        if (failure instanceof AccessDeniedException) {
            return Code.ACCESS_DENIED;
        }
        if (failure instanceof FileAlreadyExistsException) {
            return Code.EXISTS;
        }
        if (failure instanceof NotDirectoryException) {
            return Code.NOT_A_DIRECTORY;
        }
        if (failure instanceof FileSystemLoopException) {
            return Code.LINK_LOOP;
        }
        if (failure instanceof DirectoryNotEmptyException) {
            return Code.NOT_EMPTY;
        }
        if (failure instanceof AtomicMoveNotSupportedException) {
            return Code.CROSS_DEVICE;
        }
        if (failure instanceof NotLinkException) {
            return Code.INVALID_ARGUMENT;
        }
        if (failure instanceof OutOfMemoryError) {
            return Code.NO_MEMORY;
        }
        return failure instanceof ClosedChannelException ? Code.BAD_DESCRIPTOR : Code.IO_ERROR;
    }

    private static int codeOfText(Throwable failure, Map<String, Integer> byText) {
        String text = failure instanceof IOException ? reason(failure) : null;
        return text == null ? Code.IO_ERROR : byText.getOrDefault(key(text), Code.IO_ERROR);
    }

    private static @Nullable String reason(Throwable failure) {
        return failure instanceof FileSystemException e ? e.getReason() : failure.getMessage();
    }

    private static String key(String text) {
        String stripped = text.strip();
        String plain =
                stripped.endsWith(SUFFIX)
                        ? stripped.substring(0, stripped.length() - SUFFIX.length())
                        : stripped;
        return plain.toLowerCase(Locale.ROOT);
    }

    private static Map.Entry<Integer, String[]> texts(int code, String... texts) {
        return Map.entry(code, texts);
    }
}
