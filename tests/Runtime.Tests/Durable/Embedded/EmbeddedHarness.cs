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
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("durable-");
    private IHost? _host;

    public DurableTaskClient Client => _host!.Services.GetRequiredService<DurableTaskClient>();

    public bool Refuses => true;

    public async Task StartAsync(Action<DurableTaskRegistry> tasks)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.Services.AddDurableEngine(
            tasks,
            new DurableEngineOptions { StatePath = _folder.FullName, ReplayEveryStep = replayEveryStep }
        );
        _host = builder.Build();
        await _host.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_host is not null)
        {
            await _host.StopAsync();
            _host.Dispose();
        }

        _folder.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }
}

/// <summary>Orchestrators stay alive between their steps.</summary>
public sealed class LiveHarness() : EmbeddedHarness(replayEveryStep: false);

/// <summary>Orchestrators are replayed from their history at every step.</summary>
public sealed class ReplayingHarness() : EmbeddedHarness(replayEveryStep: true);
