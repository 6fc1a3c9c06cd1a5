// SPDX-License-Identifier: Apache-2.0
package io.millrace.netty.examples;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import io.millrace.LoopOptions;
import io.millrace.netty.MillraceTransport;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Callers of the greeter: on each channel one call after the other, until told to stop. */
final class GrpcLoad {
    /** After which a call that was not answered has failed. */
    private static final long DEADLINE_SECONDS = 30;

    private final Tally tally = new Tally();
    private final BooleanSupplier goesOn;
    private final CountDownLatch running;

    private GrpcLoad(BooleanSupplier goesOn, int channels) {
        this.goesOn = goesOn;
        running = new CountDownLatch(channels);
    }

    /**
     * @param channels each a connection of its own
     * @param goesOn whether a channel is to call once more; asked by any thread
     */
    static Tally run(
            InetSocketAddress server, LoopOptions options, int channels, BooleanSupplier goesOn)
            throws InterruptedException {
        MillraceTransport transport = MillraceTransport.open(1, options);
        GrpcLoad load = new GrpcLoad(goesOn, channels);
        List<ManagedChannel> all = new ArrayList<>();
        for (int i = 0; i < channels; i++) {
            ManagedChannel channel = GrpcGreeter.connect(transport, server);
            all.add(channel);
            load.call(channel, i);
        }
        load.running.await();
        all.forEach(ManagedChannel::shutdownNow);
        for (ManagedChannel each : all) {
            if (!each.awaitTermination(DEADLINE_SECONDS, TimeUnit.SECONDS)) {
                load.tally.failed("a channel does not end: " + each);
            }
        }
        transport.group().shutdownGracefully(0, DEADLINE_SECONDS, TimeUnit.SECONDS).await();
        return load.tally;
    }

    private void call(ManagedChannel channel, int number) {
        String name = "caller " + number;
        CallOptions options =
                CallOptions.DEFAULT.withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS);
        ClientCalls.asyncUnaryCall(
                channel.newCall(GrpcGreeter.SAY_HELLO, options),
                name,
                new StreamObserver<String>() {
                    @Override
                    public void onNext(String greeting) {
                        if (!greeting.equals("Hello " + name)) {
                            tally.failed(name + " was told: " + greeting);
                        }
                    }

                    @Override
                    public void onError(Throwable failure) {
                        tally.failed(failure.toString());
                        running.countDown();
                    }

                    @Override
                    public void onCompleted() {
                        tally.answered(1);
                        if (goesOn.getAsBoolean()) {
                            call(channel, number);
                        } else {
                            running.countDown();
                        }
                    }
                });
    }
}
