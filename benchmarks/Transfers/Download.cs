using Trainyard.Tests.Shared.Servers;

namespace Trainyard.Benchmarks.Transfers;

/// <summary>The way to the node: from the lease to the command's start, beside rclone's copy into a folder.</summary>
internal static class Download
{
    // The command looks at what it got: a transfer that left something out is no transfer.
    public const string Command =
        "echo started $(date +%s%N); echo objects $(find $DATA_DIR -type f | wc -l) $(du -sb --apparent-size $DATA_DIR | cut -f1)";

    public static async Task MeasureAsync(SwiftServer server, DataSet set, int runs)
    {
        await set.FillAsync(server);
        await DataSet.Nothing.FillAsync(server);
        // Every run is the first one: nothing is kept on the node.
        await using var service = await TrainingService.StartAsync(server, ("Agent__MaxCacheBytes", "0"));
        var (ours, theirs, bare) = (new List<Sample>(), new List<Sample>(), new List<Sample>());
        await TimeAsync(service, set);
        for (var run = 0; run < runs; run++)
        {
            ours.Add(await TimeAsync(service, set));
            theirs.Add(await TimeRcloneAsync(server, set));
            bare.Add(await TimeAsync(service, DataSet.Nothing));
        }
        Sample.Print($"download of {set}, lease to command started", ours);
        Sample.Print($"download of {set}, rclone", theirs);
        Sample.Print("a run that transfers nothing, lease to command started", bare);
    }

    /// <param name="service">Runs it.</param>
    /// <param name="set">What must have come.</param>
    /// <param name="store">Where the data is; null where the results go too.</param>
    public static async Task<Sample> TimeAsync(TrainingService service, DataSet set, Uri? store = null)
    {
        await using var use = ServiceUse.Begin(service);
        var run = await service.RunAsync(set.Bucket, Command, store);
        var sample = await use.EndAsync((run.Moment("started") - run.LeasedAt).TotalSeconds);
        return run.Log.Contains($"objects {set.Objects} ", StringComparison.Ordinal)
            ? sample
            : throw new InvalidOperationException($"Not all came: {run.Log}");
    }

    private static async Task<Sample> TimeRcloneAsync(SwiftServer server, DataSet set)
    {
        var folder = Directory.CreateTempSubdirectory("trainyard-benchmark-rclone-");
        try
        {
            return await Rclone.DownloadAsync(server, set.Bucket, folder.FullName);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
