// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.paired;

import com.google.gson.Gson;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The parent's end of a {@link Worker}. */
final class WorkerProcess implements AutoCloseable {
    /** Far more than any warm-up or turn takes. */
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private static final long END_SECONDS = 10;
    private static final int INTERRUPTED = 130;
    private static final int TERMINATED = 143;

    /** Follows the last line. */
    private static final String END = "";

    private final Gson gson = new Gson();
    private final Process process;
    private final Writer commands;
    private final BlockingQueue<String> replies = new LinkedBlockingQueue<>();
    private final Queue<String> printed = new ConcurrentLinkedQueue<>();
    private final Thread reader;
    private boolean ready;

    private WorkerProcess(Process process) {
        this.process = process;
        commands = process.outputWriter(StandardCharsets.UTF_8);
        reader = new Thread(this::read, "worker-output");
        reader.setDaemon(true);
        reader.start();
    }

    static WorkerProcess start(List<String> command, WorkerRequest request)
            throws IOException, WorkerFailure {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        WorkerProcess worker = new WorkerProcess(process);
        worker.say(worker.gson.toJson(request));
        return worker;
    }

    /** Returns when it has warmed up, or is otherwise ready for a turn. */
    void awaitReady() throws WorkerFailure {
        String reply = reply();
        if (!reply.equals(Wire.READY)) {
            throw new WorkerFailure("it said " + reply, false);
        }
        ready = true;
    }

    /** Lets it have its turn, and returns when that is over. */
    Turn turn() throws WorkerFailure {
        if (!ready) {
            awaitReady();
        }
        ready = false;
        say(Wire.GO);
        return gson.fromJson(reply().substring(Wire.TURN.length()), Turn.class);
    }

    /** After its last turn: JMH's results, in its JSON. */
    String result() throws WorkerFailure {
        return reply().substring(Wire.RESULT.length());
    }

    /** All that it has printed so far. */
    String printed() {
        return String.join("\n", printed) + "\n";
    }

    @Override
    public void close() {
        try {
            if (!process.waitFor(0, TimeUnit.SECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly().waitFor(END_SECONDS, TimeUnit.SECONDS);
            }
            reader.join(TimeUnit.SECONDS.toMillis(END_SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void say(String line) throws WorkerFailure {
        try {
            commands.write(line);
            commands.write('\n');
            commands.flush();
        } catch (IOException e) {
            throw ended();
        }
    }

    private String reply() throws WorkerFailure {
        @Nullable String reply;
        try {
            reply = replies.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new WorkerFailure("interrupted", true);
        }
        if (reply == null) {
            throw new WorkerFailure(
                    "it has not answered for " + PATIENCE.toSeconds() + " s", false);
        }
        if (reply.equals(END)) {
            throw ended();
        }
        return reply;
    }

    /** The reason is what it printed last. */
    private WorkerFailure ended() {
        close();
        int status = process.exitValue();
        String otherwise = "its virtual machine ended with status " + status;
        return new WorkerFailure(
                FailureReason.in(printed(), otherwise),
                status == INTERRUPTED || status == TERMINATED);
    }

    private void read() {
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
            String line = output.readLine();
            while (line != null) {
                if (line.startsWith(Wire.MARK)) {
                    replies.add(line);
                } else {
                    printed.add(line);
                }
                line = output.readLine();
            }
        } catch (IOException | UncheckedIOException e) {
            // Its streams are closed when it is ended while it prints.
            printed.add(e.toString());
        }
        replies.add(END);
    }
}
