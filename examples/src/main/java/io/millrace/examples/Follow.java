// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import io.millrace.ErrorCode;
import io.millrace.EventLoop;
import io.millrace.IoException;
import io.millrace.LoopOptions;
import io.millrace.file.AsyncFile;
import io.millrace.file.FileAttributes;
import io.millrace.file.FileReadCallback;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Prints the last lines of a file and what is appended to it, as {@code tail -F} does: also when
 * the file is cut off, or when another takes its name, as a rotated log does, of which the rest is
 * printed first; also when it is not there yet, and when a link that leads to it leads to another.
 * The directories on the way are watched, so nothing is asked every so often.
 *
 * <p>The loop has nothing else to do, so output is written as it comes, on the loop's thread.
 */
public final class Follow implements FileReadCallback, PathWatch.Listener {
    private static final int FAILED = 1;
    private static final int WRONG_OPTIONS = 2;
    private static final int USUAL_LINES = 10;
    private static final int MOST_LINES = 1_000_000;
    private static final int BYTES = 64 << 10;
    private static final String USAGE = "[--lines N] [--backend NAME]";

    private final EventLoop loop;
    private final Path path;
    private final PathWatch watch;
    private final OutputStream output;
    private final PrintStream errors;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BYTES);
    private final byte[] bytes = new byte[BYTES];

    /** How many lines are still to be found, counted from the end; below 0 once they are. */
    private int linesWanted;

    /** Where the lines are looked for, up to the end of what was searched. */
    private long searchedFrom;

    private @Nullable AsyncFile file;
    private @Nullable FileAttributes opened;
    private long position;
    private boolean isBusy;
    private boolean isChanged;
    private boolean isMissing;

    /** Whether another file has the name, and what is left of this one is being read. */
    private boolean isReplaced;

    /** Why it cannot go on, or null. */
    private @Nullable Throwable failure;

    Follow(EventLoop loop, Path path, int lines, OutputStream output, PrintStream errors) {
        this.loop = loop;
        this.path = path.toAbsolutePath();
        watch = new PathWatch(loop, this.path, this);
        this.linesWanted = lines;
        this.output = output;
        this.errors = errors;
    }

    @SuppressWarnings("SystemOut") // This is a command line.
    public static void main(String[] arguments) throws IOException {
        boolean isNamed = arguments.length > 0 && !arguments[0].startsWith("-");
        try {
            Options options =
                    Options.parse(
                            USAGE,
                            isNamed
                                    ? Arrays.copyOfRange(arguments, 1, arguments.length)
                                    : arguments);
            if (!isNamed || Path.of(arguments[0]).getFileName() == null) {
                throw new UsageException("the file is missing; it comes first");
            }
            int lines = options.number("lines", 0, MOST_LINES, USUAL_LINES);
            LoopOptions loopOptions =
                    LoopOptions.builder().backend(options.text("backend", "auto")).build();
            OutputStream output = new FileOutputStream(FileDescriptor.out);
            try (EventLoop loop = EventLoop.open(loopOptions)) {
                Follow follow = new Follow(loop, Path.of(arguments[0]), lines, output, System.err);
                follow.begin();
                loop.run();
                loop.closeAll();
                follow.requireSound();
            }
        } catch (UsageException wrong) {
            System.err.println("millrace follow: " + wrong.getMessage());
            System.err.println("usage: millrace follow FILE " + USAGE);
            System.exit(WRONG_OPTIONS);
        } catch (IOException failed) {
            System.err.println("millrace follow: " + failed.getMessage());
            System.exit(FAILED);
        }
    }

    /** Watches first and opens then, so that nothing falls in between. */
    void begin() {
        watch.search();
    }

    void requireSound() throws IOException {
        if (failure instanceof IOException known) {
            throw known;
        }
        if (failure != null) {
            throw new IOException(failure);
        }
    }

    /** The loop has nothing more to run for. */
    void end(@Nullable Throwable why) {
        if (failure == null) {
            failure = why;
        }
        watch.close();
        if (file != null) {
            file.close();
        }
    }

    @Override
    public void failed(Throwable why) {
        end(why);
    }

    @Override
    public void warn(String what) {
        say(what);
    }

    /** Something may have changed: once more, if that is being found out already. */
    @Override
    public void mayHaveChanged() {
        if (isBusy) {
            isChanged = true;
            return;
        }
        isBusy = true;
        if (file == null) {
            open();
        } else {
            read();
        }
    }

    private void rest() {
        isBusy = false;
        if (isChanged && failure == null) {
            isChanged = false;
            mayHaveChanged();
        }
    }

    private void open() {
        AsyncFile.open(loop, path)
                .whenComplete(
                        (found, refusal) -> {
                            if (refusal == null) {
                                file = found;
                                askWhatItIs(found);
                            } else if (isGone(refusal)) {
                                sayMissing();
                                rest();
                            } else {
                                end(refusal);
                            }
                        });
    }

    private static boolean isGone(Throwable refusal) {
        return refusal instanceof IoException io && io.errorCode() == ErrorCode.ENOENT;
    }

    private void sayMissing() {
        if (!isMissing) {
            isMissing = true;
            say("is not there; waiting for it");
        }
        // What comes is new, all of it.
        linesWanted = -1;
    }

    private void say(String what) {
        errors.println("millrace follow: " + path + " " + what);
        errors.flush();
    }

    private void askWhatItIs(AsyncFile found) {
        found.attributes()
                .whenComplete(
                        (attributes, refusal) -> {
                            if (refusal != null && !isNameless(refusal)) {
                                end(refusal);
                                return;
                            }
                            opened = attributes;
                            isMissing = false;
                            position = 0;
                            if (linesWanted >= 0 && attributes != null) {
                                position = attributes.size();
                                searchedFrom = position;
                                search();
                            } else {
                                linesWanted = -1;
                                read();
                            }
                        });
    }

    /** Where the JDK opens files, one that has lost its name already cannot be asked. */
    private static boolean isNameless(Throwable refusal) {
        return refusal instanceof IoException io && io.errorCode() == ErrorCode.EOPNOTSUPP;
    }

    /** Looks for the beginning of the last lines, a buffer at a time. */
    private void search() {
        long from = Math.max(0, searchedFrom - BYTES);
        AsyncFile current = file;
        if (current == null || from == searchedFrom || linesWanted == 0) {
            position = linesWanted == 0 ? position : 0;
            linesWanted = -1;
            read();
            return;
        }
        current.readFully(buffer.clear().limit((int) (searchedFrom - from)), from, this);
    }

    private void found(int count) {
        long from = Math.max(0, searchedFrom - BYTES);
        for (int i = count - 1; i >= 0; i--) {
            boolean isLastByte = from + i == position - 1;
            if (buffer.get(i) == '\n' && !isLastByte && --linesWanted == 0) {
                position = from + i + 1;
                search();
                return;
            }
        }
        searchedFrom = from;
        search();
    }

    private void read() {
        AsyncFile current = file;
        if (current == null || current.isClosing()) {
            rest();
        } else {
            current.read(buffer.clear(), position, this);
        }
    }

    @Override
    public void onRead(AsyncFile from, ByteBuffer read, int count) {
        if (linesWanted >= 0) {
            found(Math.max(0, count));
        } else if (count > 0) {
            print(count);
        } else {
            compare(from);
        }
    }

    @Override
    public void onFailure(AsyncFile from, ByteBuffer read, IoException refusal) {
        if (refusal.errorCode() != ErrorCode.ECANCELED) {
            end(refusal);
        }
    }

    private void print(int count) {
        position += count;
        buffer.flip().get(bytes, 0, count);
        try {
            output.write(bytes, 0, count);
            output.flush();
        } catch (IOException nobodyReads) {
            end(nobodyReads);
            return;
        }
        read();
    }

    /** All is printed: is there less than that by now, or another file of that name? */
    private void compare(AsyncFile current) {
        current.size()
                .whenComplete(
                        (size, refusal) -> {
                            if (refusal != null) {
                                end(refusal);
                            } else if (size < position) {
                                say("was cut off; from its beginning");
                                position = 0;
                                read();
                            } else if (size > position) {
                                read();
                            } else if (isReplaced) {
                                isReplaced = false;
                                say("is another file now");
                                current.close();
                                file = null;
                                linesWanted = -1;
                                open();
                            } else {
                                compareName();
                            }
                        });
    }

    private void compareName() {
        AsyncFile.attributes(loop, path)
                .whenComplete(
                        (found, refusal) -> {
                            if (refusal != null && !isGone(refusal)) {
                                end(refusal);
                            } else if (refusal != null || isSame(found)) {
                                rest();
                            } else {
                                // What was appended before it lost its name is printed first.
                                isReplaced = true;
                                read();
                            }
                        });
    }

    private boolean isSame(FileAttributes found) {
        FileAttributes known = opened;
        return known != null && (found.inode() == 0 || known.isSameFile(found));
    }
}
