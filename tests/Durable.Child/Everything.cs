using System.Globalization;
using DurableTask.Core.Exceptions;
using Grpc.Core;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Trainyard.Durable.Child;

/// <summary>One orchestration that uses everything, and a driver that may be run again after any crash.</summary>
internal static class Everything
{
    private static readonly TaskOptions Persistent = TaskOptions.FromRetryPolicy(
        new RetryPolicy(5, TimeSpan.FromMilliseconds(1))
    );

    public static void AddTasks(DurableTaskRegistry tasks, Ledger ledger) =>
        tasks
            .AddOrchestratorFunc("Main", RunMainAsync)
            .AddOrchestratorFunc("Child", context => context.WaitForExternalEvent<string>("Word"))
            .AddOrchestratorFunc<int[], int[]>("Looper", RunLooperAsync)
            .AddOrchestratorFunc("Victim", RunVictimAsync)
            .AddOrchestratorFunc("VictimsChild", context => context.WaitForExternalEvent<string>("Never"))
            .AddActivityFunc<string, string>(
                "Record",
                (_, what) =>
                {
                    ledger.Write($"ran {what}");
                    return what.ToUpperInvariant();
                }
            )
            .AddActivityFunc(
                "Flaky",
                (TaskActivityContext _) =>
                {
                    var isFirst = !ledger.Has("ran flaky");
                    ledger.Write("ran flaky");
                    return isFirst ? throw new TimeoutException("the first time") : "steady";
                }
            );

    /// <returns>What Main made of it all: the same, wherever a crash came.</returns>
    public static async Task<string> DriveAsync(DurableTaskClient client, Ledger ledger)
    {
        await StartAsync(client, "Victim", "victim");
        await StartAsync(client, "Main", "main");
        await client.WaitForInstanceStartAsync("victims-child");
        await UnlessEndedAsync(() =>
            client.TerminateInstanceAsync("victim", new TerminateInstanceOptions("enough", Recursive: true))
        );
        var victim = await client.WaitForInstanceCompletionAsync("victim");
        var child = await client.WaitForInstanceCompletionAsync("victims-child");
        await UnlessEndedAsync(() => client.SuspendInstanceAsync("main", "a pause"));
        await SuspendedOrEndedAsync(client, "main");
        await OnceAsync(ledger, "go", () => UnlessEndedAsync(() => client.RaiseEventAsync("main", "Go", "go")));
        await UnlessEndedAsync(() => client.ResumeInstanceAsync("main"));
        var main = await client.WaitForInstanceCompletionAsync("main", getInputsAndOutputs: true);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{main.RuntimeStatus} {main.SerializedOutput} {main.SerializedCustomStatus} {victim.RuntimeStatus} {child.RuntimeStatus}"
        );
    }

    private static async Task<string> RunMainAsync(TaskOrchestrationContext context)
    {
        context.SetCustomStatus("begun");
        var first = await context.CallActivityAsync<string>("Record", "first");
        var flaky = await context.CallActivityAsync<string>("Flaky", Persistent);
        var many = await Task.WhenAll(
            Enumerable.Range(0, 3).Select(i => context.CallActivityAsync<string>("Record", $"many{i}"))
        );

        var child = context.CallSubOrchestratorAsync<string>(
            "Child",
            options: new SubOrchestrationOptions { InstanceId = "child" }
        );
        context.SendEvent("child", "Word", "hello");

        var looper = context.CallSubOrchestratorAsync<int[]>(
            "Looper",
            Array.Empty<int>(),
            new SubOrchestrationOptions { InstanceId = "looper" }
        );
        foreach (var tick in (int[])[1, 2, 3])
        {
            context.SendEvent("looper", "Tick", tick);
        }

        using var cancel = new CancellationTokenSource();
        var deadline = context.CreateTimer(TimeSpan.FromDays(1), cancel.Token);
        var go = context.WaitForExternalEvent<string>("Go");
        await Task.WhenAny(deadline, go);
        cancel.Cancel();

        await context.CreateTimer(TimeSpan.FromMilliseconds(5), CancellationToken.None);
        context.SetCustomStatus("ending");
        var last = await context.CallActivityAsync<string>("Record", "last");
        return string.Join(' ', [first, flaky, .. many, await child, string.Join(',', await looper), await go, last]);
    }

    private static async Task<int[]> RunLooperAsync(TaskOrchestrationContext context, int[] ticks)
    {
        int[] all = [.. ticks, await context.WaitForExternalEvent<int>("Tick")];
        if (all.Length < 3)
        {
            context.ContinueAsNew(all);
        }

        return all;
    }

    private static Task RunVictimAsync(TaskOrchestrationContext context) =>
        context.CallSubOrchestratorAsync(
            "VictimsChild",
            options: new SubOrchestrationOptions { InstanceId = "victims-child" }
        );

    private static async Task StartAsync(DurableTaskClient client, TaskName name, string id)
    {
        var once = new StartOrchestrationOptions(id).WithDedupeStatuses([
            .. StartOrchestrationOptionsExtensions.ValidDedupeStatuses,
        ]);
        try
        {
            await client.ScheduleNewOrchestrationInstanceAsync(name, null, once);
        }
        catch (OrchestrationAlreadyExistsException)
        {
            // Started before the crash.
        }
    }

    /// <summary>What was done before the crash is refused when it is done again.</summary>
    private static async Task UnlessEndedAsync(Func<Task> act)
    {
        try
        {
            await act();
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.FailedPrecondition)
        {
            // Ended, or suspended already.
        }
    }

    private static async Task SuspendedOrEndedAsync(DurableTaskClient client, string id)
    {
        while (
            await client.GetInstanceAsync(id)
                is not ({ IsCompleted: true } or { RuntimeStatus: OrchestrationRuntimeStatus.Suspended })
        )
        {
            await Task.Delay(1);
        }
    }

    private static async Task OnceAsync(Ledger ledger, string what, Func<Task> act)
    {
        if (!ledger.Has($"acked {what}"))
        {
            await act();
            ledger.Write($"acked {what}");
        }
    }
}
