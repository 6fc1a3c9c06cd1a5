// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.Timer;
import io.millrace.file.AsyncFile;
import io.millrace.net.NameLookup;
import io.millrace.net.Resolver;
import io.millrace.net.ResolverOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Look-ups of names, with a name server that says nothing until the test lets it. */
public abstract class ResolverContract extends ContractTest {
    private final Journal journal = new Journal();
    private final Semaphore mayAnswer = new Semaphore(0);
    private final Resolver resolver =
            Resolver.open(ResolverOptions.builder().threads(1).queue(4).lookup(server()).build());

    private NameLookup server() {
        return new NameLookup() {
            @Override
            public List<InetAddress> addresses(String host) throws IOException {
                mayAnswer.acquireUninterruptibly();
                if (host.equals("mute")) {
                    throw new Mute();
                }
                return List.of(InetAddress.getByAddress(host, new byte[] {127, 0, 0, 1}));
            }

            @Override
            public String name(InetAddress address) throws IOException {
                mayAnswer.acquireUninterruptibly();
                throw new UnknownHostException("it has no name");
            }
        };
    }

    /** What cannot even say what it is. */
    private static final class Mute extends RuntimeException {
        private static final long serialVersionUID = 1L;

        @Override
        public String getMessage() {
            throw new IllegalStateException("thrown on purpose");
        }
    }

    @AfterEach
    void closeResolver() {
        mayAnswer.release(100);
        resolver.close();
    }

    private void ask(String host, Duration deadline) {
        resolver.addresses(loop(), host, deadline).result().whenComplete(journal.outcome(host));
    }

    @Test
    void aLiteralAddressIsAnsweredLaterWithoutALookUp() throws IOException {
        ask("192.0.2.7", Duration.ZERO);
        ask("[::1]", Duration.ZERO);
        ask("127.1", Duration.ZERO);
        journal.assertIs();
        untilDone();
        journal.assertIs("192.0.2.7", "[::1]", "127.1 EINVAL");
    }

    @Test
    void aSilentNameServerHoldsUpNeitherTimersNorWorkNorFiles(@TempDir Path directory)
            throws IOException {
        assumeReal("blocking a thread");
        ask("silent", Duration.ZERO);
        ask("queued", Duration.ZERO);
        Timer timer = Timer.open(loop());
        timer.start(Duration.ofMillis(1), journal.line("timer"));
        loop().work(() -> "done").result().whenComplete(journal.outcome("work"));
        Path path = Files.createFile(directory.resolve("some"));
        AsyncFile.open(loop(), path, StandardOpenOption.READ)
                .whenComplete(
                        (file, failure) -> {
                            journal.add("file" + Journal.symbol(failure));
                            file.close();
                        });
        until("all of them", () -> journal.lines().size() == 3);
        assertEquals(Set.of("timer", "work", "file"), Set.copyOf(journal.lines()));
        mayAnswer.release(2);
        untilDone();
        assertEquals(List.of("silent", "queued"), journal.lines().subList(3, 5));
        timer.close();
    }

    @Test
    void aDeadlineEndsALookUpThatASilentServerHoldsUp() throws IOException {
        assumeReal("blocking a thread");
        ask("silent", Duration.ofMillis(2));
        ask("queued", Duration.ofMillis(2));
        untilDone();
        journal.assertIs("silent ETIMEDOUT", "queued ETIMEDOUT");
    }

    @Test
    void aFailureThatCannotBeDescribedEndsItsLookUpAllTheSame() throws IOException {
        assumeReal("another thread");
        ask("mute", Duration.ZERO);
        mayAnswer.release();
        untilDone();
        journal.assertIs("mute EIO");
    }

    @Test
    void theAnswerWakesALoopThatWaits() throws IOException {
        assumeReal("another thread");
        resolver.name(loop(), InetAddress.getLoopbackAddress())
                .result()
                .whenComplete(
                        (name, failure) -> {
                            journal.add("name" + Journal.symbol(failure));
                            assertTrue(loop().inLoop());
                        });
        mayAnswer.release();
        untilDone();
        journal.assertIs("name EAI_NONAME");
    }
}
