using Microsoft.Azure.Functions.Worker;

namespace Trainyard.Runtime.Triggers.Invocation;

/// <summary>A trigger's request to run its function once.</summary>
internal sealed record InvocationRequest
{
    public object? TriggerValue { get; init; }

    public object? OrchestrationInput { get; init; }

    public BindingContext BindingContext { get; init; } = EmbeddedBindingContext.Empty;

    public RetryContext RetryContext { get; init; } = EmbeddedRetryContext.FirstTry;

    /// <summary>A scope that the trigger already has; the invocation makes one itself when null.</summary>
    public IServiceProvider? Services { get; init; }

    /// <summary>An object, such as the HTTP request, that middleware finds among the context's items.</summary>
    public KeyValuePair<object, object>? Item { get; init; }
}
