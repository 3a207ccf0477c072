using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Trainyard.Runtime.Tests.Durable.Contract;

/// <summary>All that contract tests know of what they run on: tasks go in, a client comes out.</summary>
public interface IDurableHarness : IAsyncDisposable
{
    DurableTaskClient Client { get; }

    /// <summary>
    /// Whether what an instance cannot take is refused, as the Functions host does. The packages' own test host drops it.
    /// </summary>
    bool Refuses { get; }

    Task StartAsync(Action<DurableTaskRegistry> tasks);
}
