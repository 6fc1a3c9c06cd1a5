// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.loop;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * A send while another is being delivered: the callback sees what came before it, or runs again.
 */
@JCStressTest
@Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "merged, and the callback has seen it")
@Outcome(id = "1, [01]", expect = Expect.ACCEPTABLE, desc = "the callback runs again")
@Outcome(id = "0, 0", expect = Expect.FORBIDDEN, desc = "merged with a callback that missed it")
@State
public class SendAgainstDelivery {
    private final PendingSend send = new PendingSend();
    private int data;

    public SendAgainstDelivery() {
        send.isFirst();
    }

    @Actor
    public void sender(II_Result result) {
        data = 1;
        result.r1 = send.isFirst() ? 1 : 0;
    }

    @Actor
    public void loop(II_Result result) {
        send.deliver();
        result.r2 = data;
    }
}
