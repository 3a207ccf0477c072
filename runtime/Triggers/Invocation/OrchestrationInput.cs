using System.Reflection;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace Trainyard.Runtime.Triggers.Invocation;

/// <summary>Finds the parameter of an orchestrator function, if any, that takes the orchestration's input.</summary>
internal static class OrchestrationInput
{
    public static Type TypeIn(MethodInfo method) =>
        Parameters(method).FirstOrDefault()?.ParameterType ?? typeof(object);

    public static int CountIn(MethodInfo method) => Parameters(method).Count();

    private static IEnumerable<ParameterInfo> Parameters(MethodInfo method) =>
        method
            .GetParameters()
            .Where(parameter =>
                parameter.ParameterType != typeof(FunctionContext)
                && parameter.ParameterType != typeof(CancellationToken)
                && !parameter.IsDefined(typeof(BindingAttribute), inherit: true)
            );
}
