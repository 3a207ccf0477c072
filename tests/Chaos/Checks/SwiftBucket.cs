using Trainyard.Tests.Shared.Servers;

namespace Trainyard.Chaos.Checks;

/// <summary>A bucket of the S3 server, read by its other protocol.</summary>
internal sealed class SwiftBucket(SwiftClient swift, string container) : IResultBucket
{
    public async Task<IReadOnlyList<string>> ListAsync(string runId) =>
        [.. (await swift.ListAll(container, runId + "/")).Select(name => name[(runId.Length + 1)..])];

    public Task<Stream> OpenAsync(string runId, string name) => swift.Open(container, $"{runId}/{name}");
}
