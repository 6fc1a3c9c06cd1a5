// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.process;

import com.google.gson.Gson;
import com.google.gson.JsonSyntaxException;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The parent's end of a {@link LoadGenerator}. */
final class LoadProcess implements AutoCloseable {
    private final Gson gson = new Gson();
    private final Process process;
    private final BufferedWriter requests;
    private final BufferedReader replies;

    private LoadProcess(Process process) {
        this.process = process;
        requests = process.outputWriter(StandardCharsets.UTF_8);
        replies = process.inputReader(StandardCharsets.UTF_8);
    }

    static LoadProcess start(Pinning pinning) throws IOException {
        List<String> command = pinning.load(Jvm.command(Jvm.LOAD_OPTIONS, LoadGenerator.class));
        return new LoadProcess(new ProcessBuilder(command).redirectError(Redirect.INHERIT).start());
    }

    /**
     * Waits for what the load generator has to say.
     *
     * @throws IOException if it has ended, which ends the comparison
     */
    LoadReply run(LoadRequest request) throws IOException {
        String line;
        try {
            requests.write(gson.toJson(request));
            requests.newLine();
            requests.flush();
            line = replies.readLine();
        } catch (IOException e) {
            throw new IOException("the load generator has ended", e);
        }
        return parse(line);
    }

    private LoadReply parse(@Nullable String line) throws IOException {
        if (line == null) {
            throw new IOException("the load generator has ended");
        }
        try {
            return gson.fromJson(line, LoadReply.class);
        } catch (JsonSyntaxException e) {
            throw new IOException("the load generator said: " + line, e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
