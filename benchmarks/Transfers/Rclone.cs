using System.Diagnostics;
using Trainyard.Tests.Shared.Servers;

namespace Trainyard.Benchmarks.Transfers;

/// <summary>The peer, with the settings that made it fastest here.</summary>
internal static class Rclone
{
    // More transfers or streams than that only cost it processor time on this server.
    private static readonly string[] Settings =
    [
        .. new[] { "--config", "/dev/null", "--transfers", "16", "--checkers", "16", "--multi-thread-streams", "4" },
        .. new[] { "--multi-thread-cutoff", "64M", "--s3-upload-concurrency", "4", "--no-traverse", "--fast-list" },
    ];

    public static Task<Sample> DownloadAsync(SwiftServer server, string bucket, string folder) =>
        CopyAsync(server, $"store:{bucket}", folder);

    public static Task<Sample> UploadAsync(SwiftServer server, string folder, string bucketAndPrefix) =>
        CopyAsync(server, folder, $"store:{bucketAndPrefix}");

    private static async Task<Sample> CopyAsync(SwiftServer server, string from, string to)
    {
        var start = new ProcessStartInfo("rclone", ["copy", .. Settings, from, to]);
        // Its client knows no authorities of their own.
        start.Environment.Remove("AWS_CA_BUNDLE");
        start.Environment["RCLONE_CONFIG_STORE_TYPE"] = "s3";
        start.Environment["RCLONE_CONFIG_STORE_PROVIDER"] = "Other";
        start.Environment["RCLONE_CONFIG_STORE_ENDPOINT"] = server.Endpoint.ToString();
        start.Environment["RCLONE_CONFIG_STORE_REGION"] = server.Region;
        start.Environment["RCLONE_CONFIG_STORE_ACCESS_KEY_ID"] = server.Owner.AccessKey;
        start.Environment["RCLONE_CONFIG_STORE_SECRET_ACCESS_KEY"] = server.Owner.SecretKey;
        var before = ProcessUse.EndedChildrenCpuSeconds(Environment.ProcessId);
        var clock = Stopwatch.StartNew();
        using var process = Process.Start(start)!;
        await process.WaitForExitAsync();
        var seconds = clock.Elapsed.TotalSeconds;
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"rclone ended with {process.ExitCode}.");
        }
        var cpu = ProcessUse.EndedChildrenCpuSeconds(Environment.ProcessId) - before;
        return new Sample { Seconds = seconds, ClientCpuSeconds = cpu };
    }
}
