using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Trainyard.Runtime.Tests.Durable.Engine;

/// <summary>Many orchestrations that do everything at once, under limits that make them queue, leave memory and come back.</summary>
public sealed class StressTests : EngineTest
{
    private const int Instances = 60;
    private const int Rounds = 8;

    [Theory]
    [InlineData(0, 4, 2, false)]
    [InlineData(5, 1, 1, false)]
    [InlineData(1000, 32, 64, false)]
    [InlineData(1000, 8, 8, true)]
    public async Task All_come_to_their_end(int waiting, int activities, int orchestrators, bool replayEveryStep)
    {
        var host = await StartAsync(
            AddTasks,
            options =>
            {
                options.MaxWaitingInMemory = waiting;
                options.MaxConcurrentActivityFunctions = activities;
                options.MaxConcurrentOrchestratorFunctions = orchestrators;
                options.ReplayEveryStep = replayEveryStep;
            }
        );
        var client = ClientOf(host);

        var outputs = await Task.WhenAll(Enumerable.Range(0, Instances).Select(seed => DriveAsync(client, seed)));

        Assert.Equal(Enumerable.Range(0, Instances).Select(seed => Enumerable.Range(seed, Rounds).Sum()), outputs);
    }

    [Fact]
    public async Task Queries_and_purges_go_on_under_load_and_disturb_nothing()
    {
        var host = await StartAsync(AddTasks);
        var client = ClientOf(host);
        for (var i = 0; i < 300; i++)
        {
            await client.ScheduleNewOrchestrationInstanceAsync("Child", i, Patience);
        }

        var until = DateTimeOffset.UtcNow;
        var load = Task.WhenAll(Enumerable.Range(0, Instances).Select(seed => DriveAsync(client, seed)));
        var purged = 0;
        do
        {
            purged += (
                await client.PurgeAllInstancesAsync(new PurgeInstancesFilter(CreatedTo: until), Patience)
            ).PurgedInstanceCount;
            var seen = new HashSet<string>();
            await foreach (var one in client.GetAllInstancesAsync(new OrchestrationQuery(PageSize: 7)))
            {
                seen.Add(one.InstanceId);
            }
        } while (!load.IsCompleted || purged < 300);

        Assert.Equal(Enumerable.Range(0, Instances).Select(seed => Enumerable.Range(seed, Rounds).Sum()), await load);
        Assert.Equal(300, purged);
    }

    private static void AddTasks(DurableTaskRegistry tasks) =>
        tasks
            .AddOrchestratorFunc<Progress, int>("Mixed", RunMixedAsync)
            .AddOrchestratorFunc<int, int>("Child", (context, value) => context.CallActivityAsync<int>("Echo", value))
            .AddActivityFunc<int, int>("Echo", (_, value) => value)
            .AddActivityFunc<int, int>(
                "SlowEcho",
                async (_, value) =>
                {
                    await Task.Delay(value % 5);
                    return value;
                }
            );

    /// <summary>Adds up seed, seed + 1, …, each by another way, and starts over now and then.</summary>
    private static async Task<int> RunMixedAsync(TaskOrchestrationContext context, Progress progress)
    {
        for (var step = 0; step < 3 && progress.Round < Rounds; step++)
        {
            var value = progress.Seed + progress.Round;
            var got = (value % 5) switch
            {
                0 => await context.CallActivityAsync<int>("Echo", value),
                1 => await context.CallSubOrchestratorAsync<int>("Child", value),
                2 => (
                    await Task.WhenAll(Split(value).Select(part => context.CallActivityAsync<int>("SlowEcho", part)))
                ).Sum(),
                3 => await AfterTimerAsync(context, value),
                _ => await context.WaitForExternalEvent<int>($"Round{progress.Round}"),
            };
            progress = progress with { Round = progress.Round + 1, Sum = progress.Sum + got };
        }

        if (progress.Round < Rounds)
        {
            context.ContinueAsNew(progress);
        }

        return progress.Sum;
    }

    private static IEnumerable<int> Split(int value) => [value / 2, value - (value / 2)];

    private static async Task<int> AfterTimerAsync(TaskOrchestrationContext context, int value)
    {
        await context.CreateTimer(TimeSpan.FromMilliseconds(value % 7), CancellationToken.None);
        return value;
    }

    private async Task<int> DriveAsync(DurableTaskClient client, int seed)
    {
        var id = $"mixed-{seed}";
        var options = new StartOrchestrationOptions(id);
        await client.ScheduleNewOrchestrationInstanceAsync("Mixed", new Progress(seed, 0, 0), options, Patience);
        await client.SuspendInstanceAsync(id, null, Patience);
        // Only what is suspended can be resumed.
        while ((await client.GetInstanceAsync(id, Patience))!.RuntimeStatus != OrchestrationRuntimeStatus.Suspended)
        {
            await Task.Delay(1, Patience);
        }
        for (var round = 0; round < Rounds; round++)
        {
            if ((seed + round) % 5 == 4)
            {
                await client.RaiseEventAsync(id, $"Round{round}", seed + round, Patience);
            }
        }

        await client.ResumeInstanceAsync(id, null, Patience);
        var ended = await client.WaitForInstanceCompletionAsync(id, true, Patience);
        Assert.True(ended.RuntimeStatus == OrchestrationRuntimeStatus.Completed, ended.FailureDetails?.ToString());
        return ended.ReadOutputAs<int>();
    }

    private sealed record Progress(int Seed, int Round, int Sum);
}
