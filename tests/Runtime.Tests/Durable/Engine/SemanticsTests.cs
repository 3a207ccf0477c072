using DurableTask.Core.Exceptions;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Trainyard.Runtime.Engine.Storage;
using Trainyard.Storage.Sqlite;

namespace Trainyard.Runtime.Tests.Durable.Engine;

/// <summary>What the real Functions host does, and the real packages' in-memory test backend does not.</summary>
public sealed class SemanticsTests : EngineTest
{
    [Fact]
    public async Task By_default_a_running_instance_keeps_its_id()
    {
        var host = await StartAsync(AddWaiter);
        var id = await StartedAsync(host, "Waiter");

        await Assert.ThrowsAsync<OrchestrationAlreadyExistsException>(() =>
            ClientOf(host).ScheduleNewOrchestrationInstanceAsync("Waiter", new StartOrchestrationOptions(id), Patience)
        );
    }

    [Fact]
    public async Task A_running_instance_is_ended_and_replaced_when_the_caller_allows_it()
    {
        var host = await StartAsync(AddWaiter);
        var id = await StartedAsync(host, "Waiter", "old");
        var options = new StartOrchestrationOptions(id).WithDedupeStatuses();

        await ClientOf(host).ScheduleNewOrchestrationInstanceAsync("Waiter", "new", options, Patience);
        var replaced = await ClientOf(host).WaitForInstanceStartAsync(id, true, Patience);

        Assert.Equal("new", replaced.ReadInputAs<string>());
        Assert.Equal(OrchestrationRuntimeStatus.Running, replaced.RuntimeStatus);
    }

    [Theory]
    [InlineData(true, OrchestrationRuntimeStatus.Terminated)]
    [InlineData(false, OrchestrationRuntimeStatus.Running)]
    public async Task Terminating_takes_the_children_along_if_asked(bool recursive, OrchestrationRuntimeStatus expected)
    {
        var host = await StartAsync(tasks =>
        {
            AddWaiter(tasks);
            tasks.AddOrchestratorFunc(
                "Parent",
                context =>
                    context.CallSubOrchestratorAsync<string>(
                        "Waiter",
                        options: new SubOrchestrationOptions { InstanceId = "child" }
                    )
            );
        });
        var parent = await StartedAsync(host, "Parent");
        await ClientOf(host).WaitForInstanceStartAsync("child", Patience);

        await ClientOf(host).TerminateInstanceAsync(parent, new TerminateInstanceOptions("over", recursive), Patience);
        await ClientOf(host).WaitForInstanceCompletionAsync(parent, Patience);
        if (recursive)
        {
            await ClientOf(host).WaitForInstanceCompletionAsync("child", Patience);
        }

        Assert.Equal(expected, (await ClientOf(host).GetInstanceAsync("child", Patience))!.RuntimeStatus);
    }

    [Fact]
    public async Task Purging_takes_the_children_along_if_asked()
    {
        var host = await StartAsync(tasks =>
            tasks
                .AddOrchestratorFunc("Parent", context => context.CallSubOrchestratorAsync<int>("Child"))
                .AddOrchestratorFunc("Child", (TaskOrchestrationContext _) => 1)
        );
        var parent = await RunAsync(host, "Parent");

        var purged = await ClientOf(host)
            .PurgeInstanceAsync(parent.InstanceId, new PurgeInstanceOptions(Recursive: true), Patience);

        Assert.Equal(2, purged.PurgedInstanceCount);
    }

    [Fact]
    public async Task Sixteen_mebibytes_come_through_whole()
    {
        var large = new string('z', 16 * 1024 * 1024);
        var host = await StartAsync(tasks =>
            tasks
                .AddOrchestratorFunc<string, string>(
                    "Forward",
                    (context, text) => context.CallActivityAsync<string>("Echo", text)
                )
                .AddActivityFunc<string, string>("Echo", (_, text) => text)
        );

        var ended = await RunAsync(host, "Forward", large);

        Assert.Equal(large, ended.ReadOutputAs<string>());
    }

    [Fact]
    public async Task Activities_keep_to_the_limit_and_each_has_a_scope_of_its_own()
    {
        var (running, most) = (0, 0);
        var scopes = new HashSet<Scoped>();
        var host = await StartAsync(
            tasks =>
                tasks
                    .AddOrchestratorFunc(
                        "FanOut",
                        context => Task.WhenAll(Enumerable.Range(0, 12).Select(_ => context.CallActivityAsync("Busy")))
                    )
                    .AddActivity(
                        "Busy",
                        services =>
                            FuncTaskActivity.Create<object?, object?>(
                                async (_, _) =>
                                {
                                    lock (scopes)
                                    {
                                        scopes.Add(services.GetRequiredService<Scoped>());
                                        most = Math.Max(most, ++running);
                                    }

                                    await Task.Delay(10);
                                    lock (scopes)
                                    {
                                        running--;
                                    }

                                    return null;
                                }
                            )
                    ),
            options => options.MaxConcurrentActivityFunctions = 3,
            services => services.AddScoped<Scoped>()
        );

        await RunAsync(host, "FanOut");

        Assert.InRange(most, 2, 3);
        Assert.Equal(12, scopes.Count);
    }

    [Fact]
    public async Task A_replay_safe_logger_writes_each_line_once()
    {
        var log = new MemoryLog();
        var host = await StartAsync(
            tasks =>
                tasks
                    .AddOrchestratorFunc(
                        "Chatty",
                        async context =>
                        {
                            var logger = context.CreateReplaySafeLogger("Chatty");
                            for (var i = 0; i < 3; i++)
                            {
                                logger.LogInformation("line {Number}", i);
                                await context.CallActivityAsync("Nothing");
                            }
                        }
                    )
                    .AddActivityFunc("Nothing", (TaskActivityContext _) => { }),
            options => options.ReplayEveryStep = true,
            services => services.AddSingleton<ILoggerProvider>(log)
        );

        await RunAsync(host, "Chatty");

        Assert.Equal(["line 0", "line 1", "line 2"], log.LinesOf("Chatty"));
    }

    [Theory]
    [InlineData("", "1.0", -1)]
    [InlineData("1.10", "1.9", 1)]
    [InlineData("beta", "alpha", 1)]
    [InlineData("2.0", "2.0", 0)]
    public async Task Versions_are_known_and_compared(string version, string other, int expected)
    {
        var host = await StartAsync(tasks =>
            tasks.AddOrchestratorFunc<string, (string, int)>(
                "Versioned",
                (context, than) => (context.Version, Math.Sign(context.CompareVersionTo(than)))
            )
        );
        var options = new StartOrchestrationOptions("versioned") { Version = version };

        await ClientOf(host).ScheduleNewOrchestrationInstanceAsync("Versioned", other, options, Patience);
        var ended = await ClientOf(host).WaitForInstanceCompletionAsync("versioned", true, Patience);

        Assert.Equal((version, expected), ended.ReadOutputAs<(string, int)>());
    }

    [Fact]
    public async Task Two_thousand_activities_fan_in()
    {
        var host = await StartAsync(tasks =>
            tasks
                .AddOrchestratorFunc(
                    "FanOut",
                    async context =>
                        (
                            await Task.WhenAll(
                                Enumerable.Range(0, 2000).Select(i => context.CallActivityAsync<int>("Echo", i))
                            )
                        ).Sum()
                )
                .AddActivityFunc<int, int>("Echo", (_, i) => i)
        );

        Assert.Equal(1999 * 1000, (await RunAsync(host, "FanOut")).ReadOutputAs<int>());
    }

    [Fact]
    public async Task Starting_over_leaves_no_history_behind()
    {
        var host = await StartAsync(tasks =>
            tasks
                .AddOrchestratorFunc<int, int>(
                    "Counter",
                    async (context, count) =>
                    {
                        count = await context.CallActivityAsync<int>("PlusOne", count);
                        if (count < 100)
                        {
                            context.ContinueAsNew(count);
                        }

                        return count;
                    }
                )
                .AddActivityFunc<int, int>("PlusOne", (_, value) => value + 1)
        );

        Assert.Equal(100, (await RunAsync(host, "Counter", 0)).ReadOutputAs<int>());

        using var database = SqliteConnection.Open(Folder.File("Trainyard.db"), readOnly: true);
        Assert.InRange(database.ReadNumber("SELECT count(*) FROM history"), 1, 2);
        Assert.Equal(0, database.ReadNumber("SELECT count(*) FROM inbox"));
    }

    private static void AddWaiter(DurableTaskRegistry tasks) =>
        tasks.AddOrchestratorFunc<string, string>(
            "Waiter",
            (context, _) => context.WaitForExternalEvent<string>("End")
        );

    private sealed class Scoped;
}
