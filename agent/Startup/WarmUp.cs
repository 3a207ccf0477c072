using System.IO.Compression;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging.Abstractions;
using Trainyard.Agent.Attempts;
using Trainyard.Agent.Networks;
using Trainyard.Agent.Node;
using Trainyard.Agent.Service;
using Trainyard.Contracts.Agents;
using Trainyard.Contracts.Runs;

namespace Trainyard.Agent.Startup;

/// <summary>
/// One attempt for nobody, while the agent waits for its first run: what the first run needs is then loaded and compiled,
/// which takes ten times as long as the run's own part.
/// </summary>
internal static class WarmUp
{
    private static readonly Uri Nowhere = new("http://warm-up.invalid");

    /// <summary>Never fails.</summary>
    public static async Task RunAsync(NodeServices node)
    {
        var archive = await NewArchiveAsync();
        var address = new ServiceAddress(null, Nowhere);
        using var http = new HttpClient(new WarmUpService(archive));
        var stage = node with
        {
            Service = new ServiceClient(http, address),
            Address = address,
            Logger = NullLogger.Instance,
            Network = NetworkGuard.Open,
        };
        await new Attempt(stage, NewTask(archive), new SlotGrant([], [])).RunAsync();
    }

    private static NodeTask NewTask(byte[] archive) =>
        new()
        {
            RunId = RunId.New(),
            Attempt = 1,
            LeaseToken = "",
            LeaseSeconds = 60,
            HeartbeatSeconds = 60,
            Command = ":",
            ArchiveSha256 = Convert.ToHexStringLower(SHA256.HashData(archive)),
            DataBucket = "data",
            ResultsBucket = "results",
            Gpus = 0,
            Slots = 0,
            GraceSeconds = 0,
            LogOffset = 0,
            MetricsOffset = 0,
        };

    private static async Task<byte[]> NewArchiveAsync()
    {
        using var bytes = new MemoryStream();
        await using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            await using var entry = await zip.CreateEntry("train.py").OpenAsync();
            await entry.WriteAsync("print()\n"u8.ToArray());
        }
        return bytes.ToArray();
    }
}
