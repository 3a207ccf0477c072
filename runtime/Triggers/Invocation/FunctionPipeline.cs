using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;

namespace Trainyard.Runtime.Triggers.Invocation;

/// <summary>The app's middleware in the order it was added, the function itself at the end.</summary>
internal sealed class FunctionPipeline
{
    private readonly List<Func<FunctionExecutionDelegate, FunctionExecutionDelegate>> _parts = [];

    public void Use(Func<FunctionExecutionDelegate, FunctionExecutionDelegate> part) => _parts.Add(part);

    public FunctionExecutionDelegate Build()
    {
        FunctionExecutionDelegate next = ExecuteAsync;
        for (var i = _parts.Count - 1; i >= 0; i--)
        {
            next = _parts[i](next);
        }
        return next;
    }

    private static async Task ExecuteAsync(FunctionContext context)
    {
        var own = (EmbeddedFunctionContext)context;
        own.Result = await own.Function.Invoker.InvokeAsync(own);
    }
}
