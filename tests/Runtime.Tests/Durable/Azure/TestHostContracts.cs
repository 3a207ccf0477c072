using Trainyard.Runtime.Tests.Durable.Contract;

namespace Trainyard.Runtime.Tests.Durable.Azure;

public sealed class TestHostActivity : ActivityContract<TestHostHarness>;

public sealed class TestHostRetry : RetryContract<TestHostHarness>;

public sealed class TestHostFailure : FailureContract<TestHostHarness>;

public sealed class TestHostPayload : PayloadContract<TestHostHarness>;

public sealed class TestHostTimer : TimerContract<TestHostHarness>;

public sealed class TestHostEvent : EventContract<TestHostHarness>;

public sealed class TestHostSubOrchestration : SubOrchestrationContract<TestHostHarness>;

public sealed class TestHostDeterminism : DeterminismContract<TestHostHarness>;

public sealed class TestHostLifecycle : LifecycleContract<TestHostHarness>;

public sealed class TestHostClient : ClientContract<TestHostHarness>;
