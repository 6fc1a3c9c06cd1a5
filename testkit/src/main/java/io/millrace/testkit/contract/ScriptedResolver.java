// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import io.millrace.EventLoop;
import io.millrace.IoException;
import io.millrace.net.HostResolver;
import io.millrace.net.Lookup;
import io.millrace.spi.Code;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A resolver of the user's, which answers when the test says so. */
public final class ScriptedResolver implements HostResolver, Lookup<List<InetAddress>> {
    private final CompletableFuture<List<InetAddress>> answer = new CompletableFuture<>();
    private int cancelled;
    private @Nullable RuntimeException cancelThrows;

    /** One that answers later, or never. */
    public static ScriptedResolver silent() {
        return new ScriptedResolver();
    }

    /** One that never answers, and throws this when it is to cancel. */
    public static ScriptedResolver silentAndFailingToCancel(RuntimeException failure) {
        ScriptedResolver resolver = new ScriptedResolver();
        resolver.cancelThrows = failure;
        return resolver;
    }

    /** One that has answered before it was asked. */
    public static ScriptedResolver knowing(String... literals) {
        ScriptedResolver resolver = new ScriptedResolver();
        resolver.answer(literals);
        return resolver;
    }

    public void answer(String... literals) {
        List<InetAddress> addresses = new ArrayList<>();
        for (String each : literals) {
            try {
                addresses.add(InetAddress.getByName(each));
            } catch (UnknownHostException notALiteral) {
                throw new IllegalArgumentException(each, notALiteral);
            }
        }
        answer.complete(addresses);
    }

    public void answerWith(List<InetAddress> addresses) {
        answer.complete(addresses);
    }

    public void fail(Throwable failure) {
        answer.completeExceptionally(failure);
    }

    public int cancelled() {
        return cancelled;
    }

    @Override
    public Lookup<List<InetAddress>> addresses(EventLoop loop, String host, Duration deadline) {
        return this;
    }

    @Override
    public CompletionStage<List<InetAddress>> result() {
        return answer;
    }

    @Override
    public boolean cancel() {
        cancelled++;
        if (cancelThrows != null) {
            throw cancelThrows;
        }
        return answer.completeExceptionally(IoException.of(Code.CANCELLED, "resolve", null));
    }
}
