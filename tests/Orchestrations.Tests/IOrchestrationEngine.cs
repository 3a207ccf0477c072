using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Trainyard.Orchestrations.Tests;

/// <summary>A durable engine that runs the orchestrator.</summary>
public interface IOrchestrationEngine : IAsyncDisposable
{
    DurableTaskClient Client { get; }

    Task StartAsync(Action<DurableTaskRegistry> tasks);
}
