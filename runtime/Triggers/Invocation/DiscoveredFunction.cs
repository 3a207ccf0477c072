using System.Collections.Immutable;
using System.Reflection;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace Trainyard.Runtime.Triggers.Invocation;

/// <summary>A method with a function's name, its trigger, and how its parameters are filled.</summary>
internal sealed class DiscoveredFunction(
    string name,
    MethodInfo method,
    TriggerKind kind,
    TriggerBindingAttribute trigger,
    ParameterInfo triggerParameter
) : FunctionDefinition
{
    private IImmutableDictionary<string, BindingMetadata>? _inputBindings;
    private ImmutableArray<FunctionParameter>? _parameters;
    private FunctionMethodInvoker? _invoker;

    public MethodInfo Method => method;

    public TriggerKind Kind => kind;

    public TriggerBindingAttribute Trigger => trigger;

    public ParameterInfo TriggerParameter => triggerParameter;

    public required ImmutableArray<ParameterBinder> Binders { get; init; }

    // Made at the first invocation: an app has many functions and starts before it runs any.
    public FunctionMethodInvoker Invoker => _invoker ??= new FunctionMethodInvoker(method);

    public override string Name => name;

    public override string Id => name;

    public override string PathToAssembly => method.Module.Assembly.Location;

    public override string EntryPoint => $"{method.DeclaringType!.FullName}.{method.Name}";

    public override ImmutableArray<FunctionParameter> Parameters =>
        _parameters ??= [.. method.GetParameters().Select(ToParameter)];

    public override IImmutableDictionary<string, BindingMetadata> InputBindings =>
        _inputBindings ??= FunctionBindings.Of(this);

    public override IImmutableDictionary<string, BindingMetadata> OutputBindings =>
        ImmutableDictionary<string, BindingMetadata>.Empty;

    private static FunctionParameter ToParameter(ParameterInfo parameter) =>
        new(
            parameter.Name!,
            parameter.ParameterType,
            parameter.HasDefaultValue,
            parameter.HasDefaultValue ? parameter.DefaultValue : null
        );
}
