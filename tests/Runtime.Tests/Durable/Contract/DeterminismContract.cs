using System.Collections.Concurrent;
using Microsoft.DurableTask;

namespace Trainyard.Runtime.Tests.Durable.Contract;

public abstract class DeterminismContract<THarness> : DurableContract<THarness>
    where THarness : IDurableHarness, new()
{
    [Fact]
    public async Task The_time_is_the_same_at_every_replay_and_moves_on_between_steps()
    {
        await StartAsync(tasks =>
            tasks
                .AddOrchestratorFunc(
                    "Clock",
                    async context =>
                    {
                        var before = context.CurrentUtcDateTime;
                        var same = await context.CallActivityAsync<DateTime>("Echo", before) == before;
                        var after = context.CurrentUtcDateTime;
                        same &= await context.CallActivityAsync<DateTime>("Echo", after) == after;
                        return same && after > before && before.Kind == DateTimeKind.Utc;
                    }
                )
                .AddActivityFunc<DateTime, DateTime>("Echo", (_, time) => time)
        );

        Assert.True(await OutputOfAsync<bool>("Clock"));
    }

    [Fact]
    public async Task New_guids_differ_and_are_the_same_at_every_replay()
    {
        await StartAsync(tasks =>
            tasks
                .AddOrchestratorFunc(
                    "Guids",
                    async context =>
                    {
                        var first = context.NewGuid();
                        var second = context.NewGuid();
                        var same = await context.CallActivityAsync<Guid>("Echo", second) == second;
                        var third = context.NewGuid();
                        same &= await context.CallActivityAsync<Guid>("Echo", third) == third;
                        return same && new HashSet<Guid> { first, second, third }.Count == 3;
                    }
                )
                .AddActivityFunc<Guid, Guid>("Echo", (_, guid) => guid)
        );

        Assert.True(await OutputOfAsync<bool>("Guids"));
    }

    [Fact]
    public async Task What_is_done_only_outside_replay_is_done_once()
    {
        var seen = new ConcurrentQueue<int>();
        await StartAsync(tasks =>
            tasks
                .AddOrchestratorFunc(
                    "Observed",
                    async context =>
                    {
                        for (var i = 0; i < 5; i++)
                        {
                            if (!context.IsReplaying)
                            {
                                seen.Enqueue(i);
                            }

                            await context.CallActivityAsync("Nothing");
                        }
                    }
                )
                .AddActivityFunc("Nothing", (TaskActivityContext _) => { })
        );

        await RunAsync("Observed");

        Assert.Equal([0, 1, 2, 3, 4], seen);
    }

    [Fact]
    public async Task The_context_tells_name_and_id()
    {
        await StartAsync(tasks =>
            tasks.AddOrchestratorFunc(
                "Named",
                (TaskOrchestrationContext context) => $"{context.Name} {context.InstanceId} {context.Parent is null}"
            )
        );

        var ended = await RunAsync("Named");

        Assert.Equal($"Named {ended.InstanceId} True", ended.ReadOutputAs<string>());
    }
}
