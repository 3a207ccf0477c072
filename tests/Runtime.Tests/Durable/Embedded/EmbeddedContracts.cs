using Trainyard.Runtime.Tests.Durable.Contract;

namespace Trainyard.Runtime.Tests.Durable.Embedded;

public sealed class LiveActivities : ActivityContract<LiveHarness>;

public sealed class ReplayedActivities : ActivityContract<ReplayingHarness>;
