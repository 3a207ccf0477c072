using Microsoft.Azure.Functions.Worker;

namespace Trainyard.Runtime.Triggers.Invocation;

internal sealed class EmbeddedInvocationResult : InvocationResult
{
    public override object? Value { get; set; }
}
