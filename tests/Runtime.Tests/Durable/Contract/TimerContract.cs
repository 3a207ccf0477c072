using Microsoft.DurableTask;

namespace Trainyard.Runtime.Tests.Durable.Contract;

public abstract class TimerContract<THarness> : DurableContract<THarness>
    where THarness : IDurableHarness, new()
{
    [Fact]
    public async Task A_timer_never_fires_early()
    {
        var delay = TimeSpan.FromMilliseconds(300);
        await StartAsync(tasks =>
            tasks.AddOrchestratorFunc(
                "Sleeper",
                async context =>
                {
                    var start = context.CurrentUtcDateTime;
                    await context.CreateTimer(delay, CancellationToken.None);
                    return context.CurrentUtcDateTime - start;
                }
            )
        );

        Assert.True(await OutputOfAsync<TimeSpan>("Sleeper") >= delay);
    }

    [Fact]
    public async Task A_timer_for_the_past_fires_at_once()
    {
        await StartAsync(tasks =>
            tasks.AddOrchestratorFunc(
                "Late",
                async context =>
                {
                    await context.CreateTimer(TimeSpan.Zero, CancellationToken.None);
                    await context.CreateTimer(context.CurrentUtcDateTime.AddDays(-1), CancellationToken.None);
                    return "awake";
                }
            )
        );

        Assert.Equal("awake", await OutputOfAsync<string>("Late"));
    }

    [Fact]
    public async Task Timers_fire_in_the_order_of_their_times()
    {
        await StartAsync(tasks =>
            tasks.AddOrchestratorFunc(
                "Race",
                async context =>
                {
                    var slow = context.CreateTimer(TimeSpan.FromMilliseconds(400), CancellationToken.None);
                    var fast = context.CreateTimer(TimeSpan.FromMilliseconds(100), CancellationToken.None);
                    var first = await Task.WhenAny(slow, fast);
                    await slow;
                    return first == fast;
                }
            )
        );

        Assert.True(await OutputOfAsync<bool>("Race"));
    }

    [Fact]
    public async Task A_cancelled_timer_ends_with_a_cancellation_and_holds_nothing_up()
    {
        await StartAsync(tasks =>
            tasks.AddOrchestratorFunc(
                "Impatient",
                async context =>
                {
                    using var cancel = new CancellationTokenSource();
                    var timer = context.CreateTimer(TimeSpan.FromDays(1), cancel.Token);
                    cancel.Cancel();
                    try
                    {
                        await timer;
                        return "fired";
                    }
                    catch (OperationCanceledException)
                    {
                        return "cancelled";
                    }
                }
            )
        );

        Assert.Equal("cancelled", await OutputOfAsync<string>("Impatient"));
    }

    [Fact]
    public async Task A_timer_of_months_does_not_fire_and_can_lose_to_an_event()
    {
        await StartAsync(tasks =>
            tasks.AddOrchestratorFunc(
                "Deadline",
                async context =>
                {
                    using var cancel = new CancellationTokenSource();
                    var deadline = context.CreateTimer(TimeSpan.FromDays(100), cancel.Token);
                    var answer = context.WaitForExternalEvent<string>("Answer");
                    if (await Task.WhenAny(deadline, answer) == deadline)
                    {
                        return "too late";
                    }

                    cancel.Cancel();
                    return await answer;
                }
            )
        );
        var id = await Client.ScheduleNewOrchestrationInstanceAsync("Deadline", Patience);
        await Client.WaitForInstanceStartAsync(id, Patience);

        await Client.RaiseEventAsync(id, "Answer", "in time", Patience);

        Assert.Equal("in time", (await EndOfAsync(id)).ReadOutputAs<string>());
    }
}
