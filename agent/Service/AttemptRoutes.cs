using Trainyard.Contracts.Agents;

namespace Trainyard.Agent.Service;

/// <summary>The service calls of one attempt, with the attempt's token.</summary>
internal sealed class AttemptRoutes(NodeTask task)
{
    private readonly string _root = AgentRoutes.Attempt(task.RunId, task.Attempt);

    /// <summary>Times out early enough for another heartbeat before the lease ends.</summary>
    public ServiceCall Heartbeat =>
        Below(HttpMethod.Post, AgentRoutes.Heartbeat) with
        {
            Timeout = TimeSpan.FromSeconds(Math.Clamp(task.LeaseSeconds / 3, 0.1, 30)),
        };

    public ServiceCall Archive => Below(HttpMethod.Get, AgentRoutes.Archive);

    public ServiceCall Data(string? cursor) =>
        Below(HttpMethod.Get, AgentRoutes.Data + (cursor is null ? "" : $"?cursor={Uri.EscapeDataString(cursor)}"));

    /// <summary>A call to a relative address that the service gave.</summary>
    public ServiceCall Given(HttpMethod method, string url) =>
        new(method, url, task.LeaseToken) { TraceParent = task.TraceParent };

    public ServiceCall Rendezvous(RendezvousRequest request) => Post(AgentRoutes.Rendezvous, request);

    public ServiceCall Phase(PhaseReport report) => Post(AgentRoutes.Phase, report);

    public ServiceCall Append(string route, long offset, ReadOnlyMemory<byte> bytes) =>
        Below(HttpMethod.Post, $"{route}?offset={offset}") with
        {
            Content = () => new ReadOnlyMemoryContent(bytes),
        };

    /// <summary>Requests a store's address for the same appends.</summary>
    public ServiceCall Address(string route) =>
        Below(
            HttpMethod.Post,
            route switch
            {
                AgentRoutes.Log => AgentRoutes.LogAddress,
                AgentRoutes.Metrics => AgentRoutes.MetricsAddress,
                AgentRoutes.LogTimes => AgentRoutes.LogTimesAddress,
                _ => AgentRoutes.SystemAddress,
            }
        );

    public ServiceCall Progress(ProgressReport report) => Post(AgentRoutes.Progress, report);

    public ServiceCall Upload(UploadRequest request) => Post(AgentRoutes.Uploads, request);

    public ServiceCall UploadToBucket(BucketUploadRequest request) => Post(AgentRoutes.BucketUploads, request);

    public ServiceCall CommitToBucket(BucketUploadCommit commit) => Post(AgentRoutes.BucketCommits, commit);

    public ServiceCall Checkpoint => Below(HttpMethod.Get, AgentRoutes.Checkpoint);

    public ServiceCall UploadCheckpoint(UploadRequest request) => Post(AgentRoutes.CheckpointUploads, request);

    public ServiceCall CommitCheckpoint(CheckpointCommit commit) => Post(AgentRoutes.Checkpoint, commit);

    public ServiceCall Completion(CompletionReport report) => Post(AgentRoutes.Completion, report);

    /// <summary>Whether an address that the service gave belongs to a store and not to the service.</summary>
    public static bool IsElsewhere(string url) =>
        url.StartsWith("https://", StringComparison.OrdinalIgnoreCase)
        || url.StartsWith("http://", StringComparison.OrdinalIgnoreCase);

    private ServiceCall Below(HttpMethod method, string route) => Given(method, $"{_root}/{route}");

    private ServiceCall Post<T>(string route, T body) =>
        ServiceCall.PostJson($"{_root}/{route}", task.LeaseToken, body) with
        {
            TraceParent = task.TraceParent,
        };
}
