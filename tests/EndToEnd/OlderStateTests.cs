using System.Formats.Tar;
using System.IO.Compression;
using Trainyard.EndToEnd.Harness;
using Trainyard.Tests.Shared;

namespace Trainyard.EndToEnd;

/// <summary>A state folder that an earlier version of the service wrote.</summary>
public sealed class OlderStateTests
{
    // The runs ended when the folder was made: long ago, one day.
    private const string LongRetention = "3650.00:00:00";

    [Fact]
    public async Task It_opens_with_all_its_runs_and_what_waited_goes_on()
    {
        await using var service = await Service.Start(
            home => Unpack("sqlite-3.35.tar.gz", home),
            ("Retention__Period", LongRetention)
        );

        var monitored = await service.Bx.Run("ml", "monitor", "training-runs", "training-EKh8ng7LP");
        var list = await service.Bx.Run("ml", "list", "training-runs");
        var logs = await service.Bx.Run("ml", "monitor", "training-runs", "training-mzdQ4dfAG");

        Assert.Contains("now at last", monitored.Out);
        Assert.Contains("Status: COMPLETED", monitored.Out);
        Assert.Contains("the old words", logs.Out);
        AssertListed(list, "waiting", "training-EKh8ng7LP", "completed");
        AssertListed(list, "failed", "training-YqxVO4P_5", "error");
        AssertListed(list, "done", "training-mzdQ4dfAG", "completed");
        Assert.Contains("3 records found.", list.Out);
    }

    private static void AssertListed(BxResult list, string name, string id, string status) =>
        Assert.Contains(
            list.Out,
            line =>
                line.Contains(name, StringComparison.Ordinal)
                && line.Contains(id, StringComparison.Ordinal)
                && line.Contains(status, StringComparison.Ordinal)
        );

    private static IDisposable? Unpack(string name, string home)
    {
        Directory.CreateDirectory(home);
        using var file = File.OpenRead(Path.Combine(AppContext.BaseDirectory, "StateFolders", name));
        using var archive = new GZipStream(file, CompressionMode.Decompress);
        TarFile.ExtractToDirectory(archive, home, overwriteFiles: true);
        return null;
    }
}
