using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Trainyard.Runtime.Engine;

namespace Trainyard.Benchmarks.Engine;

/// <summary>The engine in a host, with the orchestrators that are measured, on a folder that may outlive it.</summary>
internal sealed class BenchmarkHost(string folder) : IAsyncDisposable
{
    private readonly IHost _host = Build(folder);

    public DurableTaskClient Client { get; private set; } = null!;

    public static string NewFolder() => Directory.CreateTempSubdirectory("engine-benchmark-").FullName;

    public static async Task<BenchmarkHost> StartAsync(string folder)
    {
        var started = new BenchmarkHost(folder);
        await started._host.StartAsync();
        started.Client = started._host.Services.GetRequiredService<DurableTaskClient>();
        return started;
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }

    private static IHost Build(string folder)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.Services.AddDurableEngine(AddTasks, new DurableEngineOptions { StatePath = folder });
        return builder.Build();
    }

    private static void AddTasks(DurableTaskRegistry tasks)
    {
        tasks
            .AddOrchestratorFunc(
                "Chain",
                async context =>
                {
                    var value = 0;
                    for (var i = 0; i < 5; i++)
                    {
                        value = await context.CallActivityAsync<int>("PlusOne", value);
                    }

                    return value;
                }
            )
            .AddOrchestratorFunc<int, int>(
                "FanOut",
                async (context, width) =>
                    (
                        await Task.WhenAll(
                            Enumerable.Range(0, width).Select(i => context.CallActivityAsync<int>("PlusOne", i))
                        )
                    ).Length
            )
            .AddOrchestratorFunc("Wait", context => context.WaitForExternalEvent<string>("Go"))
            .AddOrchestratorFunc("Nothing", (TaskOrchestrationContext _) => 0)
            .AddActivityFunc<int, int>("PlusOne", (_, value) => value + 1);
    }
}
