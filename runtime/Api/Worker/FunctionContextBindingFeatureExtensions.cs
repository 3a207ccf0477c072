namespace Microsoft.Azure.Functions.Worker;

/// <summary>What middleware may read and replace of an invocation.</summary>
public static class FunctionContextBindingFeatureExtensions
{
    public static InvocationResult GetInvocationResult(this FunctionContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Features.Get<InvocationResult>()
            ?? throw new InvalidOperationException("The invocation keeps no result.");
    }
}
