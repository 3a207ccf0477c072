using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;

namespace Trainyard.Runtime.Engine.Execution;

/// <summary>The engine services that every execution uses.</summary>
internal sealed class ExecutionServices(
    DurableTaskRegistry registry,
    IServiceProvider provider,
    DataConverter converter,
    ILoggerFactory loggerFactory
)
{
    public IReadOnlyDictionary<TaskName, Func<IServiceProvider, ITaskOrchestrator>> Orchestrators { get; } =
        new Dictionary<TaskName, Func<IServiceProvider, ITaskOrchestrator>>(registry.GetOrchestrators());

    public IReadOnlyDictionary<TaskName, Func<IServiceProvider, ITaskActivity>> Activities { get; } =
        new Dictionary<TaskName, Func<IServiceProvider, ITaskActivity>>(registry.GetActivities());

    public IServiceProvider Provider => provider;

    public DataConverter Converter => converter;

    public ILoggerFactory LoggerFactory => loggerFactory;
}
