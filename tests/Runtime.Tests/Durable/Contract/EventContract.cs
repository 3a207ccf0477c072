using Grpc.Core;
using Microsoft.DurableTask;

namespace Trainyard.Runtime.Tests.Durable.Contract;

public abstract class EventContract<THarness> : DurableContract<THarness>
    where THarness : IDurableHarness, new()
{
    [Theory]
    [InlineData(1)]
    [InlineData(50)]
    public async Task Events_wake_their_waiters_in_turn(int count)
    {
        await StartAsync(tasks =>
            tasks.AddOrchestratorFunc(
                "Collect",
                async context =>
                {
                    var received = new List<int>();
                    for (var i = 0; i < count; i++)
                    {
                        received.Add(await context.WaitForExternalEvent<int>($"Event{i}"));
                    }

                    return received;
                }
            )
        );
        var id = await StartedAsync("Collect");

        for (var i = 0; i < count; i++)
        {
            await Client.RaiseEventAsync(id, $"Event{i}", i, Patience);
        }

        Assert.Equal(Enumerable.Range(0, count), (await EndOfAsync(id)).ReadOutputAs<int[]>()!);
    }

    [Fact]
    public async Task Events_that_come_before_the_wait_are_kept_in_order()
    {
        await StartAsync(tasks =>
            tasks.AddOrchestratorFunc(
                "Slow",
                async context =>
                {
                    await context.WaitForExternalEvent<object>("Go");
                    return new[]
                    {
                        await context.WaitForExternalEvent<int>("Number"),
                        await context.WaitForExternalEvent<int>("Number"),
                        await context.WaitForExternalEvent<int>("Number"),
                    };
                }
            )
        );
        var id = await StartedAsync("Slow");

        foreach (var number in (int[])[1, 2, 3])
        {
            await Client.RaiseEventAsync(id, "Number", number, Patience);
        }

        await Client.RaiseEventAsync(id, "Go", Patience);

        var received = (await EndOfAsync(id)).ReadOutputAs<int[]>()!;
        Assert.Equal([1, 2, 3], received);
    }

    [Fact]
    public async Task Names_do_not_regard_case()
    {
        await StartAsync(tasks =>
            tasks.AddOrchestratorFunc(
                "Listener",
                async context =>
                    await context.WaitForExternalEvent<string>("Greeting")
                    + await context.WaitForExternalEvent<string>("greeting")
            )
        );
        var id = await StartedAsync("Listener");

        await Client.RaiseEventAsync(id, "GREETING", "a", Patience);
        await Client.RaiseEventAsync(id, "gReEtInG", "b", Patience);

        Assert.Equal("ab", (await EndOfAsync(id)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task The_newest_of_several_waiters_is_served_first()
    {
        await StartAsync(tasks =>
            tasks.AddOrchestratorFunc(
                "Queue",
                context => Task.WhenAll(Enumerable.Range(0, 4).Select(_ => context.WaitForExternalEvent<int>("Number")))
            )
        );
        var id = await StartedAsync("Queue");

        for (var i = 0; i < 4; i++)
        {
            await Client.RaiseEventAsync(id, "Number", i, Patience);
        }

        var received = (await EndOfAsync(id)).ReadOutputAs<int[]>()!;
        Assert.Equal([3, 2, 1, 0], received);
    }

    [Fact]
    public async Task A_wait_that_was_cancelled_takes_no_event_from_the_next()
    {
        await StartAsync(tasks =>
            tasks.AddOrchestratorFunc(
                "Changeable",
                async context =>
                {
                    using var cancel = new CancellationTokenSource();
                    var abandoned = context.WaitForExternalEvent<string>("News", cancel.Token);
                    cancel.Cancel();
                    try
                    {
                        await abandoned;
                    }
                    catch (OperationCanceledException)
                    {
                        return await context.WaitForExternalEvent<string>("News");
                    }

                    return "not cancelled";
                }
            )
        );
        var id = await StartedAsync("Changeable");

        await Client.RaiseEventAsync(id, "News", "good", Patience);

        Assert.Equal("good", (await EndOfAsync(id)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task A_wait_with_a_timeout_is_cancelled_when_nothing_comes()
    {
        await StartAsync(tasks =>
            tasks.AddOrchestratorFunc(
                "Patient",
                async context =>
                {
                    try
                    {
                        return await context.WaitForExternalEvent<string>("Never", TimeSpan.FromMilliseconds(50));
                    }
                    catch (OperationCanceledException)
                    {
                        return "nothing came";
                    }
                }
            )
        );

        Assert.Equal("nothing came", await OutputOfAsync<string>("Patient"));
    }

    [Fact]
    public async Task A_wait_with_a_timeout_returns_what_comes_in_time()
    {
        await StartAsync(tasks =>
            tasks.AddOrchestratorFunc(
                "Patient",
                context => context.WaitForExternalEvent<string>("Soon", TimeSpan.FromMinutes(10))
            )
        );
        var id = await StartedAsync("Patient");

        await Client.RaiseEventAsync(id, "Soon", "here", Patience);

        Assert.Equal("here", (await EndOfAsync(id)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task Orchestrations_send_each_other_events()
    {
        await StartAsync(tasks =>
            tasks
                .AddOrchestratorFunc("Receiver", context => context.WaitForExternalEvent<string>("Letter"))
                .AddOrchestratorFunc<string>(
                    "Sender",
                    (TaskOrchestrationContext context, string to) => context.SendEvent(to, "Letter", "from Sender")
                )
        );
        var receiver = await StartedAsync("Receiver");

        await RunAsync("Sender", receiver);

        Assert.Equal("from Sender", (await EndOfAsync(receiver)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task Raising_an_event_to_an_ended_orchestration_changes_nothing()
    {
        await StartAsync(tasks => tasks.AddOrchestratorFunc("Done", (TaskOrchestrationContext _) => 1));
        var ended = await RunAsync("Done");

        await RefusedAsync(
            StatusCode.FailedPrecondition,
            () => Client.RaiseEventAsync(ended.InstanceId, "Late", Patience)
        );
        await RefusedAsync(StatusCode.NotFound, () => Client.RaiseEventAsync("nobody", "Late", Patience));

        Assert.Null(await Client.GetInstanceAsync("nobody", Patience));
        Assert.Equal(1, (await EndOfAsync(ended.InstanceId)).ReadOutputAs<int>());
    }

    private async Task<string> StartedAsync(TaskName name)
    {
        var id = await Client.ScheduleNewOrchestrationInstanceAsync(name, Patience);
        await Client.WaitForInstanceStartAsync(id, Patience);
        return id;
    }
}
