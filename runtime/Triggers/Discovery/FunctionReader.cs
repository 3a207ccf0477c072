using System.Collections.Immutable;
using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;
using Trainyard.Runtime.Triggers.Invocation;

namespace Trainyard.Runtime.Triggers.Discovery;

/// <summary>Reads one method as a function, and adds its faults to the list of mistakes.</summary>
internal static partial class FunctionReader
{
    public static DiscoveredFunction? Read(string name, MethodInfo method, List<string> mistakes)
    {
        var where = $"Function '{name}' ({method.DeclaringType!.FullName}.{method.Name})";
        if (ShapeMistake(name, method) is { } shape)
        {
            mistakes.Add($"{where} {shape}");
            return null;
        }
        var triggers = TriggersOf(method);
        if (triggers.Count != 1)
        {
            mistakes.Add($"{where} needs exactly one parameter with a trigger attribute and has {triggers.Count}.");
            return null;
        }
        var (parameter, trigger) = triggers[0];
        if (KindOf(trigger) is not { } kind)
        {
            mistakes.Add($"{where} has a trigger of unknown kind, {trigger.GetType().Name}.");
            return null;
        }
        var known = mistakes.Count;
        var binders = ParameterBinders.Create(where, kind, parameter, method, mistakes);
        return known == mistakes.Count
            ? new DiscoveredFunction(name, method, kind, trigger, parameter) { Binders = binders }
            : null;
    }

    private static string? ShapeMistake(string name, MethodInfo method)
    {
        if (!ValidName.IsMatch(name))
        {
            return "needs a name that begins with a letter and has only letters, digits, '_' and '-', 128 at most.";
        }
        if (!method.IsPublic)
        {
            return "must be a public method.";
        }
        if (method.ContainsGenericParameters || method.DeclaringType!.IsAbstract && !method.IsStatic)
        {
            return "must not be generic or abstract.";
        }
        return IsValueTask(method.ReturnType) ? "must return Task, not ValueTask." : null;
    }

    private static List<(ParameterInfo, TriggerBindingAttribute)> TriggersOf(MethodInfo method) =>
        [
            .. method
                .GetParameters()
                .Select(parameter => (parameter, trigger: parameter.GetCustomAttribute<TriggerBindingAttribute>()))
                .Where(pair => pair.trigger is not null)
                .Select(pair => (pair.parameter, pair.trigger!)),
        ];

    private static TriggerKind? KindOf(TriggerBindingAttribute trigger) =>
        trigger switch
        {
            HttpTriggerAttribute => TriggerKind.Http,
            TimerTriggerAttribute => TriggerKind.Timer,
            BlobTriggerAttribute => TriggerKind.Blob,
            OrchestrationTriggerAttribute => TriggerKind.Orchestration,
            ActivityTriggerAttribute => TriggerKind.Activity,
            _ => null,
        };

    private static bool IsValueTask(Type type) =>
        type == typeof(ValueTask) || type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ValueTask<>);

    // The real host's own rule; it also makes every name a good file name.
    [GeneratedRegex("^[A-Za-z][A-Za-z0-9_-]{0,127}$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ValidName { get; }
}
