using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Trainyard.Runtime.Triggers.Invocation;
using Trainyard.Runtime.Triggers.Listeners;

namespace Trainyard.Runtime.Triggers.Durable;

/// <summary>Adapts an activity function to the engine's activity interface.</summary>
internal sealed class FunctionActivity(
    DiscoveredFunction function,
    FunctionDispatcher dispatcher,
    DrainClock drain,
    IServiceProvider scope
) : ITaskActivity
{
    public Type InputType { get; } =
        function.TriggerParameter.ParameterType == typeof(FunctionContext)
            ? typeof(object)
            : function.TriggerParameter.ParameterType;

    public Type OutputType => typeof(object);

    public Task<object?> RunAsync(TaskActivityContext context, object? input) =>
        dispatcher.InvokeAsync(
            function,
            new InvocationRequest
            {
                TriggerValue = input,
                Services = scope,
                BindingContext = new ActivityBindingContext(context.InstanceId),
            },
            drain.Over
        );
}

/// <summary>The binding data that the real host gives activities: <c>instanceId</c>.</summary>
internal sealed class ActivityBindingContext(string instanceId) : BindingContext
{
    private Dictionary<string, object?>? _data;

    public override IReadOnlyDictionary<string, object?> BindingData =>
        _data ??= new(StringComparer.OrdinalIgnoreCase) { ["instanceId"] = instanceId };
}
