using System.Collections.Immutable;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;

namespace Trainyard.Runtime.Triggers.Invocation;

/// <summary>One invocation. Its optional parts (a scope, an id, features) are created on first use.</summary>
internal sealed class EmbeddedFunctionContext(
    DiscoveredFunction function,
    IServiceProvider rootServices,
    InvocationRequest request,
    CancellationToken cancellationToken
) : FunctionContext, IAsyncDisposable
{
    private AsyncServiceScope? _scope;
    private IServiceProvider? _services = request.Services;
    private string? _invocationId;
    private IDictionary<object, object>? _items;
    private EmbeddedInvocationFeatures? _features;
    private EmbeddedTraceContext? _traceContext;

    public DiscoveredFunction Function => function;

    public IServiceProvider RootServices => rootServices;

    public object? TriggerValue => request.TriggerValue;

    public object? OrchestrationInput => request.OrchestrationInput;

    /// <summary>The function's return value.</summary>
    public object? Result { get; set; }

    public override string InvocationId => _invocationId ??= Guid.NewGuid().ToString();

    public override string FunctionId => function.Id;

    public override FunctionDefinition FunctionDefinition => function;

    public override TraceContext TraceContext => _traceContext ??= new EmbeddedTraceContext();

    public override BindingContext BindingContext => request.BindingContext;

    public override RetryContext RetryContext => request.RetryContext;

    public override CancellationToken CancellationToken => cancellationToken;

    public override IInvocationFeatures Features => _features ??= new EmbeddedInvocationFeatures();

    public override IDictionary<object, object> Items
    {
        get => _items ??= new Dictionary<object, object>();
        set => _items = value;
    }

    public override IServiceProvider InstanceServices
    {
        get => _services ??= (_scope = rootServices.CreateAsyncScope()).Value.ServiceProvider;
        set => _services = value;
    }

    public ValueTask DisposeAsync() => _scope?.DisposeAsync() ?? ValueTask.CompletedTask;
}
