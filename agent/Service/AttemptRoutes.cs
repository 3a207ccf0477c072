using Trainyard.Core.Pools;

namespace Trainyard.Agent.Service;

/// <summary>Calls below one attempt's folder of routes, with its token.</summary>
internal sealed class AttemptRoutes(NodeTask task)
{
    private readonly string root = AgentRoutes.Attempt(task.RunId, task.Attempt);

    /// <summary>Given up in time for another one before the lease ends.</summary>
    public ServiceCall Heartbeat =>
        new(HttpMethod.Post, $"{root}/{AgentRoutes.Heartbeat}", task.LeaseToken)
        {
            Timeout = TimeSpan.FromSeconds(Math.Clamp(task.LeaseSeconds / 3, 0.1, 30)),
        };

    public ServiceCall Archive => new(HttpMethod.Get, $"{root}/{AgentRoutes.Archive}", task.LeaseToken);

    public ServiceCall Data(string? cursor) =>
        new(HttpMethod.Get, $"{root}/{AgentRoutes.Data}{Query("cursor", cursor)}", task.LeaseToken);

    public ServiceCall Phase(PhaseReport report) => Post(AgentRoutes.Phase, report);

    public ServiceCall Append(string route, long offset, ReadOnlyMemory<byte> bytes) =>
        new(HttpMethod.Post, $"{root}/{route}?offset={offset}", task.LeaseToken)
        {
            Content = () => new ReadOnlyMemoryContent(bytes),
        };

    public ServiceCall Upload(UploadRequest request) => Post(AgentRoutes.Uploads, request);

    public ServiceCall Completion(CompletionReport report) => Post(AgentRoutes.Completion, report);

    /// <summary>An address the service gave: its own, or one at a store.</summary>
    public static bool IsElsewhere(string url) =>
        url.StartsWith("https://", StringComparison.OrdinalIgnoreCase)
        || url.StartsWith("http://", StringComparison.OrdinalIgnoreCase);

    private ServiceCall Post<T>(string route, T body) => ServiceCall.PostJson($"{root}/{route}", task.LeaseToken, body);

    private static string Query(string name, string? value) =>
        value is null ? "" : $"?{name}={Uri.EscapeDataString(value)}";
}
