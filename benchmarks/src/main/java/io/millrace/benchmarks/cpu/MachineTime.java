// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.cpu;

/**
 * What the kernel says of CPUs, in steps of 10 ms.
 *
 * @param busyNanos doing anything at all
 * @param stolenNanos ready to, but the hypervisor ran something else
 */
public record MachineTime(long busyNanos, long stolenNanos) {
    public MachineTime minus(MachineTime other) {
        return new MachineTime(busyNanos - other.busyNanos, stolenNanos - other.stolenNanos);
    }
}
