using System.Reflection;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;
using Trainyard.Functions.Http;
using Trainyard.Orchestrations;

namespace Trainyard.Functions.Tests.OnAzure;

/// <summary>The functions that the attributes declare.</summary>
internal sealed record FunctionMethods(string Name, MethodInfo Method, TriggerBindingAttribute Trigger)
{
    public static IReadOnlyList<FunctionMethods> All { get; } =
    [
        .. from assembly in new[] { typeof(ListRuns).Assembly, typeof(TrainingRunOrchestrator).Assembly }
        from type in assembly.GetTypes()
        from method in type.GetMethods()
        let function = method.GetCustomAttribute<FunctionAttribute>()
        where function is not null
        let triggers = method.GetParameters().SelectMany(p => p.GetCustomAttributes<TriggerBindingAttribute>())
        select new FunctionMethods(function.Name, method, triggers.Single()),
    ];
}
