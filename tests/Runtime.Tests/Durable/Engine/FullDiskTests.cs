using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Trainyard.Runtime.Engine;
using Trainyard.Tests.Shared;

namespace Trainyard.Runtime.Tests.Durable.Engine;

/// <summary>An engine whose disk is full says so, loses nothing, and goes on when there is room.</summary>
public sealed class FullDiskTests : EngineTest
{
    [RequiresSmallDiskFact]
    public async Task What_was_accepted_waits_for_room_and_what_is_new_is_refused_until_then()
    {
        using var disk = SmallDisk.Mount(Folder.File("disk"), 20);
        var (log, runs, release) = (new MemoryLog(), 0, new TaskCompletionSource());
        var host = await StartAsync(
            tasks =>
                tasks
                    .AddOrchestratorFunc("Story", context => context.CallActivityAsync<string>("Large"))
                    .AddActivityFunc(
                        "Large",
                        async (TaskActivityContext _) =>
                        {
                            Interlocked.Increment(ref runs);
                            await release.Task;
                            return new string('x', 4_000_000);
                        }
                    ),
            options => options.StatePath = disk.Folder,
            services => services.AddSingleton<ILoggerProvider>(log)
        );
        var id = await StartedAsync(host, "Story");
        await Eventually.Be("the activity runs", () => runs == 1, TimeSpan.FromSeconds(60), () => "");
        var filler = disk.Fill(bytesLeft: 100_000);

        release.SetResult();
        await Eventually.Be(
            "the trouble is told",
            () => Lines(log).Any(line => line.Contains("the disk is full", StringComparison.Ordinal)),
            TimeSpan.FromSeconds(60),
            () => string.Join('\n', Lines(log))
        );
        var refused = await Assert.ThrowsAsync<DurableStorageException>(() =>
            ClientOf(host).RaiseEventAsync(id, "Anything", Patience)
        );
        var meanwhile = await ClientOf(host).GetInstanceAsync(id, Patience);
        File.Delete(filler);
        var ended = await ClientOf(host).WaitForInstanceCompletionAsync(id, getInputsAndOutputs: true, Patience);

        Assert.Contains("the disk is full; free some space", refused.Message, StringComparison.Ordinal);
        Assert.True(refused.IsFull, "Not told as a disk without room.");
        Assert.Equal(OrchestrationRuntimeStatus.Running, meanwhile!.RuntimeStatus);
        Assert.Equal(4_000_000, ended.ReadOutputAs<string>()!.Length);
        Assert.Equal(1, runs);
        Assert.Contains(Lines(log), line => line.Contains("all goes on", StringComparison.Ordinal));
        Assert.Equal(4_000_000, (await RunAsync(host, "Story")).ReadOutputAs<string>()!.Length);
    }

    private static IEnumerable<string> Lines(MemoryLog log) => log.LinesOf("Trainyard.Durable");
}
