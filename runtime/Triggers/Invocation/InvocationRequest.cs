using Microsoft.Azure.Functions.Worker;

namespace Trainyard.Runtime.Triggers.Invocation;

/// <summary>What a trigger hands over to have its function run once.</summary>
internal sealed record InvocationRequest
{
    public object? TriggerValue { get; init; }

    public object? OrchestrationInput { get; init; }

    public BindingContext BindingContext { get; init; } = EmbeddedBindingContext.Empty;

    public RetryContext RetryContext { get; init; } = EmbeddedRetryContext.FirstTry;

    /// <summary>A scope that the trigger already has; the invocation makes one itself when null.</summary>
    public IServiceProvider? Services { get; init; }

    /// <summary>The HTTP request or other thing middleware finds among the context's items.</summary>
    public KeyValuePair<object, object>? Item { get; init; }
}
