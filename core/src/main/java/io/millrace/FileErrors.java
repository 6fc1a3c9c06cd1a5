// SPDX-License-Identifier: Apache-2.0
package io.millrace;

import io.millrace.spi.Code;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Locale;
import java.util.Map;

/**
 * The codes behind the exceptions of files, which hide the error number.
 *
 * <p>The exception's type decides where it is a special one. Otherwise all that is left of the
 * number is the text of strerror(3), so that is looked at; where it is not English, the code is
 * {@code EIO}, and the text is in the cause.
 */
final class FileErrors {
    private static final Map<String, Integer> BY_TEXT =
            Map.ofEntries(
                    Map.entry("is a directory", Code.IS_DIRECTORY),
                    Map.entry("not a directory", Code.NOT_A_DIRECTORY),
                    Map.entry("no space left on device", Code.NO_SPACE),
                    Map.entry("file too large", Code.FILE_TOO_LARGE),
                    Map.entry("read-only file system", Code.READ_ONLY),
                    Map.entry("file name too long", Code.NAME_TOO_LONG),
                    Map.entry("too many levels of symbolic links", Code.LINK_LOOP),
                    Map.entry("disk quota exceeded", Code.QUOTA_EXCEEDED),
                    Map.entry("too many open files in system", Code.FILE_TABLE_OVERFLOW),
                    Map.entry("too many open files", Code.TOO_MANY_FILES),
                    Map.entry("cannot allocate memory", Code.NO_MEMORY),
                    Map.entry("permission denied", Code.ACCESS_DENIED),
                    Map.entry("operation not permitted", Code.NOT_PERMITTED),
                    Map.entry("invalid argument", Code.INVALID_ARGUMENT),
                    Map.entry("bad file descriptor", Code.BAD_DESCRIPTOR),
                    Map.entry("no such file or directory", Code.NO_SUCH_FILE));

    private FileErrors() {}

    static int codeOf(Throwable failure) {
        int code = codeOfType(failure);
        return code != Code.IO_ERROR ? code : codeOfText(failure);
    }

    private static int codeOfType(Throwable failure) {
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
        if (failure instanceof OutOfMemoryError) {
            return Code.NO_MEMORY;
        }
        return failure instanceof ClosedChannelException ? Code.BAD_DESCRIPTOR : Code.IO_ERROR;
    }

    private static int codeOfText(Throwable failure) {
        String text =
                failure instanceof FileSystemException e ? e.getReason() : failure.getMessage();
        if (!(failure instanceof IOException) || text == null) {
            return Code.IO_ERROR;
        }
        return BY_TEXT.getOrDefault(text.toLowerCase(Locale.ROOT).strip(), Code.IO_ERROR);
    }
}
