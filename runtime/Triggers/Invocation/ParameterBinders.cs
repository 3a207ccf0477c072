using System.Collections.Immutable;
using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;

namespace Trainyard.Runtime.Triggers.Invocation;

/// <summary>Decides, when the app starts, how each parameter will be filled.</summary>
internal static class ParameterBinders
{
    private static readonly Type[] BlobTypes = [typeof(Stream), typeof(byte[]), typeof(string)];

    public static ImmutableArray<ParameterBinder> Create(
        string where,
        TriggerKind kind,
        ParameterInfo trigger,
        MethodInfo method,
        List<string> mistakes
    )
    {
        var binders = ImmutableArray.CreateBuilder<ParameterBinder>();
        foreach (var parameter in method.GetParameters())
        {
            var binder = parameter == trigger ? ForTrigger(kind, parameter.ParameterType) : ForOther(kind, parameter);
            if (binder is null)
            {
                mistakes.Add($"{where} {Unsupported(kind, parameter, parameter == trigger)}");
                continue;
            }
            binders.Add(binder);
        }
        if (kind == TriggerKind.Orchestration && OrchestrationInput.CountIn(method) > 1)
        {
            mistakes.Add($"{where} has more than one parameter for the orchestration's input.");
        }
        return binders.ToImmutable();
    }

    private static ParameterBinder? ForTrigger(TriggerKind kind, Type type) =>
        kind switch
        {
            TriggerKind.Http when type == typeof(HttpRequest) => static context => context.GetHttpContext()!.Request,
            TriggerKind.Timer when type == typeof(TimerInfo) => TriggerValue,
            TriggerKind.Orchestration when type == typeof(TaskOrchestrationContext) => TriggerValue,
            TriggerKind.Blob when BlobTypes.Contains(type) => TriggerValue,
            TriggerKind.Activity when type == typeof(FunctionContext) => static context => context,
            TriggerKind.Activity => TriggerValue,
            _ => null,
        };

    private static ParameterBinder? ForOther(TriggerKind kind, ParameterInfo parameter)
    {
        var type = parameter.ParameterType;
        if (parameter.IsDefined(typeof(DurableClientAttribute)))
        {
            return type == typeof(DurableTaskClient) ? DurableClient : null;
        }
        if (type == typeof(FunctionContext))
        {
            return static context => context;
        }
        if (type == typeof(CancellationToken))
        {
            return static context => context.CancellationToken;
        }
        if (kind == TriggerKind.Http && type == typeof(HttpRequest))
        {
            return static context => context.GetHttpContext()!.Request;
        }
        if (kind == TriggerKind.Orchestration)
        {
            return static context => context.OrchestrationInput;
        }
        return BindingDataBinder.Create(parameter);
    }

    private static object? TriggerValue(EmbeddedFunctionContext context) => context.TriggerValue;

    private static object DurableClient(EmbeddedFunctionContext context) =>
        context.RootServices.GetRequiredService<DurableTaskClient>();

    private static string Unsupported(TriggerKind kind, ParameterInfo parameter, bool isTrigger)
    {
        var what = $"cannot bind its parameter '{parameter.Name}' of type {parameter.ParameterType}";
        return isTrigger
            ? $"{what} to the {FunctionBindings.TypeOf(kind)}."
            : $"{what}; services belong in the constructor of the class.";
    }
}
