using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Trainyard.Runtime.Engine;
using Trainyard.Runtime.Tests.Durable.Contract;

namespace Trainyard.Runtime.Tests.Durable.Embedded;

/// <summary>The embedded engine in a host of its own, on a folder of its own.</summary>
public abstract class EmbeddedHarness(bool replayEveryStep) : IDurableHarness
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("durable-");
    private IHost? host;

    public DurableTaskClient Client => host!.Services.GetRequiredService<DurableTaskClient>();

    public bool Refuses => true;

    public async Task StartAsync(Action<DurableTaskRegistry> tasks)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.Services.AddDurableEngine(
            tasks,
            new DurableEngineOptions { StatePath = folder.FullName, ReplayEveryStep = replayEveryStep }
        );
        host = builder.Build();
        await host.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (host is not null)
        {
            await host.StopAsync();
            host.Dispose();
        }

        folder.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }
}

/// <summary>Orchestrators stay alive between their steps.</summary>
public sealed class LiveHarness() : EmbeddedHarness(replayEveryStep: false);

/// <summary>Orchestrators are replayed from their history at every step.</summary>
public sealed class ReplayingHarness() : EmbeddedHarness(replayEveryStep: true);
