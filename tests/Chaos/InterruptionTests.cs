using Trainyard.Chaos.World;
using Trainyard.Tests.Shared;

namespace Trainyard.Chaos;

/// <summary>A story that is told to stop in the middle leaves nothing on the machine.</summary>
public sealed class InterruptionTests
{
    private static readonly TimeSpan Starts = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Stops = TimeSpan.FromMinutes(1);

    [Theory]
    [InlineData("TERM", "campaign")]
    [InlineData("INT", "share")]
    public async Task It_ends_with_130_and_leaves_no_mount_no_host_and_no_process(string signal, string story)
    {
        using var folder = new TemporaryFolder();
        string[] arguments =
            story == "share" ? ["share", "--runs", "40"] : ["--seed", "1", "--runs", "10", "--every", "0.5"];
        await using var program = ChildProcess.Start(
            "dotnet",
            [Path.Combine(AppContext.BaseDirectory, "Trainyard.Chaos.dll"), .. arguments],
            new Dictionary<string, string?> { ["TMPDIR"] = folder.Path }
        );
        var hosts = await program.WaitForLine(line => line.Contains("hosts of their own: "), Starts);
        await Eventually.Be(
            "an agent runs a command",
            () => Directory.GetDirectories(folder.Path, "training-*", SearchOption.AllDirectories).Length > 0,
            Starts,
            () => program.Output
        );

        program.Signal(signal);

        Assert.Equal(130, await program.WaitForExit(Stops));
        Assert.Contains("It was told to stop, and nothing was checked.", program.Output);
        Assert.DoesNotContain(folder.Path, await File.ReadAllTextAsync("/proc/self/mounts"));
        Assert.Empty(LeftProcesses.Of(folder.Path));
        // Killed programs of .NET leave the sockets of their diagnostics there.
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path, "trainyard-*"));
        Assert.All(
            hosts.Split(' ', ',', ';').Where(word => word.StartsWith("trainyard-", StringComparison.Ordinal)),
            host => Assert.False(File.Exists($"/run/netns/{host}"), host)
        );
    }
}
