using Microsoft.DurableTask;
using Trainyard.Runtime.Triggers.Invocation;

namespace Trainyard.Runtime.Triggers.Durable;

/// <summary>Adapts an orchestrator function to the engine's orchestrator interface.</summary>
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
