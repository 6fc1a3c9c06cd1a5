// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import org.junit.jupiter.api.Nested;

/**
 * The whole contract for one backend: subclass it, name the backend, and run it. What holds of
 * streams of bytes is asked of TCP.
 *
 * <p>What has two ends is in {@link PairContract}; what is here is about one loop.
 */
public abstract class BackendContract extends PairContract {
    @Nested
    class Loop extends LoopContract {}

    @Nested
    class Descriptions extends DescriptionContract {}

    @Nested
    class TcpBinds extends TcpBindContract {}

    @Nested
    class ZeroCopies extends ZeroCopyContract {}

    @Nested
    class TcpDetails extends TcpDetailsContract {}

    @Nested
    class InputShutdown extends InputShutdownContract {}

    @Nested
    class Timers extends TimerContract {}

    @Nested
    class Clock extends ClockContract {}

    @Nested
    class Resolvers extends ResolverContract {}

    @Nested
    class Limits extends LimitsContract {}

    @Nested
    class Hooks extends HookContract {}

    @Nested
    class Watches extends WatchContract {}

    @Nested
    class Signals extends SignalContract {}

    @Nested
    class Children extends ChildContract {}

    @Nested
    class Terminals extends TerminalContract {}

    @Nested
    class Wakeups extends WakeupContract {}

    @Nested
    class Works extends WorkContract {}

    @Nested
    class Fairness extends FairnessContract {}

    @Nested
    class FileOpens extends FileOpenContract {}

    @Nested
    class Files extends FileContract {}

    @Nested
    class FileLimits extends FileLimitsContract {}

    @Nested
    class FileLines extends FileLineContract {}

    @Nested
    class FileExtents extends FileExtentContract {}

    @Nested
    class FileSystems extends FileSystemContract {}

    @Nested
    class DirectoryWatches extends DirectoryWatchContract {}

    @Nested
    class FileFaults extends FileFaultContract {}

    @Nested
    class FileCloses extends FileCloseContract {}

    @Nested
    class FilePaths extends FilePathContract {}

    @Nested
    class Groups extends GroupContract {}

    @Nested
    class ScarceMemory extends ScarceMemoryContract {}

    @Nested
    class Survival extends SurvivalContract {}

    @Nested
    class FailureNames extends FailureNamesContract {}

    @Nested
    class BadInput extends BadInputContract {}

    @Nested
    class UdpSends extends UdpSendContract {}

    @Nested
    class UdpCloses extends UdpCloseContract {}

    @Nested
    class UdpBatches extends UdpBatchContract {}

    @Nested
    class UdpLimits extends UdpLimitsContract {}

    @Nested
    class UdpFairness extends UdpFairnessContract {}

    @Nested
    class UdpGroups extends UdpGroupContract {}

    @Nested
    class UdpDetails extends UdpDetailsContract {}

    @Nested
    class UdpErrors extends UdpErrorsContract {}

    @Nested
    class UdpSegments extends UdpSegmentContract {}
}
