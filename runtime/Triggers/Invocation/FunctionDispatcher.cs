using Microsoft.Azure.Functions.Worker.Middleware;

namespace Trainyard.Runtime.Triggers.Invocation;

/// <summary>Runs functions through the pipeline; every kind of trigger comes through here.</summary>
internal sealed class FunctionDispatcher(IServiceProvider services, FunctionPipeline pipeline)
{
    private readonly FunctionExecutionDelegate _pipeline = pipeline.Build();

    public async Task<object?> InvokeAsync(
        DiscoveredFunction function,
        InvocationRequest request,
        CancellationToken cancellationToken
    )
    {
        await using var context = new EmbeddedFunctionContext(function, services, request, cancellationToken);
        if (request.Item is { } item)
        {
            context.Items.Add(item.Key, item.Value);
        }
        await _pipeline(context);
        return context.Result;
    }
}
