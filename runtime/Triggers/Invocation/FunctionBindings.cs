using System.Collections.Immutable;
using System.Reflection;
using Microsoft.Azure.Functions.Worker;

namespace Trainyard.Runtime.Triggers.Invocation;

/// <summary>The bindings of a function under the names that the real host gives them.</summary>
internal static class FunctionBindings
{
    public static IImmutableDictionary<string, BindingMetadata> Of(DiscoveredFunction function)
    {
        var bindings = ImmutableDictionary.CreateBuilder<string, BindingMetadata>();
        foreach (var parameter in function.Method.GetParameters())
        {
            if (TypeOf(parameter, function) is { } type)
            {
                bindings[parameter.Name!] = new InputBinding(parameter.Name!, type);
            }
        }
        return bindings.ToImmutable();
    }

    public static string TypeOf(TriggerKind kind) =>
        kind switch
        {
            TriggerKind.Http => "httpTrigger",
            TriggerKind.Timer => "timerTrigger",
            TriggerKind.Blob => "blobTrigger",
            TriggerKind.Orchestration => "orchestrationTrigger",
            TriggerKind.Activity => "activityTrigger",
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, message: null),
        };

    private static string? TypeOf(ParameterInfo parameter, DiscoveredFunction function)
    {
        if (parameter == function.TriggerParameter)
        {
            return TypeOf(function.Kind);
        }
        return parameter.IsDefined(typeof(DurableClientAttribute)) ? "durableClient" : null;
    }

    private sealed class InputBinding(string name, string type) : BindingMetadata
    {
        public override string Name => name;

        public override string Type => type;

        public override BindingDirection Direction => BindingDirection.In;
    }
}
