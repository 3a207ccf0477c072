using System.Globalization;
using Trainyard.Tests.Shared.Servers;

namespace Trainyard.Benchmarks.Transfers;

/// <summary>The way back: from the command's end until the run is completed, beside rclone's copy out of a folder.</summary>
internal static class Upload
{
    private const string EmptyBucket = "benchmark-nothing";

    public static async Task MeasureAsync(SwiftServer server, DataSet set, int runs)
    {
        using (var swift = await SwiftClient.Login(server))
        {
            await swift.PutContainer(EmptyBucket);
        }
        await using var service = await TrainingService.StartAsync(server);
        var folder = Directory.CreateTempSubdirectory("trainyard-benchmark-upload-");
        try
        {
            await set.FillAsync(folder.FullName);
            var (ours, theirs) = (new List<Sample>(), new List<Sample>());
            await TimeAsync(service, server, set);
            for (var run = 0; run < runs; run++)
            {
                ours.Add(await TimeAsync(service, server, set));
                theirs.Add(await TimeRcloneAsync(server, folder.FullName));
            }
            Sample.Print($"upload of {set}, command's end to completed", ours);
            Sample.Print($"upload of {set}, rclone", theirs);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<Sample> TimeAsync(TrainingService service, SwiftServer server, DataSet set)
    {
        await using var use = ServiceUse.Begin(service);
        var run = await service.RunAsync(EmptyBucket, Command(set));
        var sample = await use.EndAsync((run.CompletedAt - run.Moment("ended")).TotalSeconds);
        using (var swift = await SwiftClient.Login(server))
        {
            var stored = await swift.ListAll(TrainingService.ResultsBucket, $"{run.Run.Metadata.Guid}/out/");
            if (stored.Count != set.Objects)
            {
                throw new InvalidOperationException($"{stored.Count} of {set.Objects} objects were stored: {run.Log}");
            }
        }
        await EmptyAsync(server);
        var staged = run.Run.Entity.Status.History.Last(p => p.Phase == "STORING").At;
        Console.WriteLine($"  off the node after {(staged - run.Moment("ended")).TotalSeconds:0.0} s");
        return sample;
    }

    private static async Task<Sample> TimeRcloneAsync(SwiftServer server, string folder)
    {
        var sample = await Rclone.UploadAsync(server, folder, $"{TrainingService.ResultsBucket}/rclone");
        await EmptyAsync(server);
        return sample;
    }

    // Five runs of a gibibyte each, of either kind, are more than some disks have.
    private static async Task EmptyAsync(SwiftServer server)
    {
        using var swift = await SwiftClient.Login(server);
        foreach (
            var container in (string[])[TrainingService.ResultsBucket, TrainingService.ResultsBucket + "+segments"]
        )
        {
            await swift.DeleteAll(container);
        }
    }

    // Written as fast as the disk takes it: what is measured begins after it.
    private static string Command(DataSet set)
    {
        var (objects, bytes) = (set.Objects.ToString(CultureInfo.InvariantCulture), set.BytesEach);
        return "mkdir $RESULT_DIR/out; cd $RESULT_DIR/out; "
            + $"for i in $(seq {objects}); do head -c {bytes.ToString(CultureInfo.InvariantCulture)} /dev/urandom >object-$i; done; "
            + "echo ended $(date +%s%N)";
    }
}
