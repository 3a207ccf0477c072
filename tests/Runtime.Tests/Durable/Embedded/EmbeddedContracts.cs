using Trainyard.Runtime.Tests.Durable.Contract;

namespace Trainyard.Runtime.Tests.Durable.Embedded;

public sealed class LiveActivity : ActivityContract<LiveHarness>;

public sealed class ReplayedActivity : ActivityContract<ReplayingHarness>;

public sealed class LiveRetry : RetryContract<LiveHarness>;

public sealed class ReplayedRetry : RetryContract<ReplayingHarness>;

public sealed class LiveFailure : FailureContract<LiveHarness>;

public sealed class ReplayedFailure : FailureContract<ReplayingHarness>;

public sealed class LivePayload : PayloadContract<LiveHarness>;

public sealed class ReplayedPayload : PayloadContract<ReplayingHarness>;

public sealed class LiveTimer : TimerContract<LiveHarness>;

public sealed class ReplayedTimer : TimerContract<ReplayingHarness>;

public sealed class LiveEvent : EventContract<LiveHarness>;

public sealed class ReplayedEvent : EventContract<ReplayingHarness>;

public sealed class LiveSubOrchestration : SubOrchestrationContract<LiveHarness>;

public sealed class ReplayedSubOrchestration : SubOrchestrationContract<ReplayingHarness>;

public sealed class LiveDeterminism : DeterminismContract<LiveHarness>;

public sealed class ReplayedDeterminism : DeterminismContract<ReplayingHarness>;

public sealed class LiveLifecycle : LifecycleContract<LiveHarness>;

public sealed class ReplayedLifecycle : LifecycleContract<ReplayingHarness>;

public sealed class LiveClient : ClientContract<LiveHarness>;

public sealed class ReplayedClient : ClientContract<ReplayingHarness>;
