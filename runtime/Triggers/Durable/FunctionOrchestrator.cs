using Microsoft.DurableTask;
using Trainyard.Runtime.Triggers.Invocation;

namespace Trainyard.Runtime.Triggers.Durable;

/// <summary>An orchestrator function as the engine knows orchestrators.</summary>
internal sealed class FunctionOrchestrator(DiscoveredFunction function, FunctionDispatcher dispatcher)
    : ITaskOrchestrator
{
    public Type InputType { get; } = OrchestrationInput.TypeIn(function.Method);

    public Type OutputType => typeof(object);

    public Task<object?> RunAsync(TaskOrchestrationContext context, object? input) =>
        dispatcher.InvokeAsync(
            function,
            new InvocationRequest { TriggerValue = context, OrchestrationInput = input },
            CancellationToken.None
        );
}
