using System.Net;
using Trainyard.Tests.Shared.Servers;
using Xunit.Abstractions;

namespace Trainyard.Orchestrations.Tests.BadLines;

/// <summary>
/// The storing of runs over lines that cut, delay and answer 503 at random, by a service that is killed and runs that are canceled
/// at random: every byte is right, and no upload or segment is left. Each run of a campaign has a seed of its own, which its failure
/// names. TRAINYARD_BAD_LINES says how many runs there are on each type of store, TRAINYARD_SEED which are the first.
/// </summary>
public sealed class BadLinesTests(SwiftServer swift, AzuriteServer azurite, ITestOutputHelper output)
    : IClassFixture<SwiftServer>,
        IClassFixture<AzuriteServer>
{
    private static readonly int Runs = Setting("TRAINYARD_BAD_LINES", 2);
    private static readonly int FirstSeed = Setting("TRAINYARD_SEED", 2);

    [RequiresSwiftFact]
    public Task On_S3() =>
        StoreAsync(At(swift.Endpoint), port => Bucket.OnS3Async(swift, port, $"bad-{Guid.NewGuid():N}"));

    [RequiresSwiftFact]
    public Task On_Swift() =>
        StoreAsync(At(swift.Endpoint), port => Bucket.OnSwiftAsync(swift, port, $"bad-{Guid.NewGuid():N}"));

    [Fact]
    public Task On_Azure_Blob() =>
        StoreAsync(At(azurite.BlobEndpoint), port => Bucket.OnAzureAsync(azurite, port, $"bad-{Guid.NewGuid():N}"));

    /// <summary>No line, but kills and cancels.</summary>
    [Fact]
    public async Task On_files()
    {
        for (var seed = FirstSeed; seed < FirstSeed + Runs; seed++)
        {
            var run = new BadRun(seed);
            await run.StoreAsync(bucket: null, line: null);
            output.WriteLine($"{run}");
        }
    }

    private async Task StoreAsync(IPEndPoint server, Func<int, Task<Bucket>> makeBucket)
    {
        for (var seed = FirstSeed; seed < FirstSeed + Runs; seed++)
        {
            await using var line = new FaultyLine(server, seed);
            var run = new BadRun(seed);
            await run.StoreAsync(await makeBucket(line.Port), line);
            output.WriteLine($"{run}");
        }
    }

    private static IPEndPoint At(Uri address) => new(IPAddress.Loopback, address.Port);

    private static int Setting(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text) : otherwise;
}
