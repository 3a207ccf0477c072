namespace Microsoft.Azure.Functions.Worker.Middleware;

/// <summary>The rest of the pipeline around an invocation.</summary>
public delegate Task FunctionExecutionDelegate(FunctionContext context);

/// <summary>Code that runs around every invocation of every function.</summary>
public interface IFunctionsWorkerMiddleware
{
    Task Invoke(FunctionContext context, FunctionExecutionDelegate next);
}
